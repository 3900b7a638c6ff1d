import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawTasteEvents } from '../packages/recommender/src/testing/latent-tastes.ts';

export interface DrawnMovieLens {
  users: number;
  items: number;
  rows: number;
}

const occupations = ['student', 'lawyer', 'farmer'];

/** A folder in the form of MovieLens 100K with tastes that can be learnt; the same every time. */
export async function drawMovieLens(
  folder: string,
  { users = 200, items = 150, each = 20 } = {},
): Promise<DrawnMovieLens> {
  await mkdir(folder, { recursive: true });
  const events = drawTasteEvents({ users, items, eventsPerUser: each, seed: 6 });
  const rows = events.map(({ user, item }, at) => [user + 1, item + 1, 1 + ((user + item) % 5), 880_000_000 + 60 * at]);
  const people = Array.from({ length: users }, (_, user) => [user + 1, 18 + (user % 50), user % 2 === 0 ? 'M' : 'F', occupations[user % 3], '12345']); // prettier-ignore
  const movies = Array.from({ length: items }, (_, item) => [item + 1, `Film ${item % 140}, The (19${50 + (item % 50)})`, '', '', '', ...Array.from({ length: 19 }, (__, at) => (at === item % 19 || at === item % 7 ? 1 : 0))]); // prettier-ignore
  const text = (lines: (string | number)[][], separator: string) => lines.map((line) => `${line.join(separator)}\n`).join(''); // prettier-ignore
  await writeFile(join(folder, 'u.data'), text(rows, '\t'));
  await writeFile(join(folder, 'u.user'), text(people, '|'));
  await writeFile(join(folder, 'u.item'), text(movies, '|'), 'latin1');
  return { users: new Set(events.map(({ user }) => user)).size, items: new Set(events.map(({ item }) => item)).size, rows: rows.length }; // prettier-ignore
}
