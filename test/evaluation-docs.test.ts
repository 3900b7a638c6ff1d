import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawMovieLens } from './draw-movielens.ts';

const root = join(import.meta.dirname, '..');
let folder: string;
let examples: string[][];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-examples-'));
  await drawMovieLens(join(folder, 'ml-100k'));
  const rows = (await readFile(join(folder, 'ml-100k/u.data'), 'utf8')).trim().split('\n');
  await writeFile(
    join(folder, 'ratings.csv'),
    `user,item,rating,time\n${rows.map((row) => row.replaceAll('\t', ',')).join('\n')}\n`,
  );
  await writeFile(join(folder, 'rows.txt'), rows.flatMap((_, row) => (row % 10 === 0 ? [row] : [])).join('\n'));
  await writeFile(join(folder, 'watched.csv'), 'user,item,minutes\nanna,heat,3\n');
  await writeFile(
    join(folder, 'events.ndjson'),
    `${JSON.stringify({ specversion: '1.0', id: '1', source: 's', type: 't', data: { userId: 1, itemId: 'x', rating: 4 } })}\n`,
  );
  const text = await readFile(join(root, 'docs/evaluation.md'), 'utf8');
  examples = [...text.matchAll(/^npx reelay (.+)$/gm)].map(([, args]) => args.trim().split(/\s+/));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the examples of the page run as they stand there', async () => {
  expect(examples.length).toBeGreaterThanOrEqual(6);
  for (const args of examples) {
    const env = { ...process.env, REELAY_HOME: join(folder, 'home') };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, 'services/all-in-one/src/main.ts'), ...args],
      { cwd: folder, env },
    );
    expect(stdout.length, args.join(' ')).toBeGreaterThan(20);
  }
  expect((await stat(join(folder, 'report/report.html'))).size).toBeGreaterThan(5_000);
}, 180_000);
