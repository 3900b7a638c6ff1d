import { expect, test } from 'vitest';
import { drawTasteEvents } from '../testing/latent-tastes.ts';
import { popularityModel } from './baseline-models.ts';
import type { ListPart } from './evaluated-model.ts';
import { listCandidates } from './list-candidates.ts';
import { takeRows, type RatingTable } from './rating-table.ts';
import { splitRandom } from './split-ratings.ts';

const events = drawTasteEvents({ users: 90, items: 70, eventsPerUser: 12, seed: 4 });
const table: RatingTable = {
  users: 91,
  items: 70,
  user: Int32Array.from(events, ({ user }) => user),
  item: Int32Array.from(events, ({ item }) => item),
  rating: Float64Array.from(events, ({ rating }) => Math.min(5, Math.max(1, Math.round(rating)))),
  time: Float64Array.from(events, ({ at }) => at),
};
const split = splitRandom(table, 0.3, 2);
const [train, held] = [takeRows(table, split.train), takeRows(table, split.test)];

const shared = new Float64Array(70);
const parts: ListPart[] = [
  { name: 'popularity', above: 0, scoresOf: () => popularityModel(train).scoresOf!(0) },
  // Knows half of the items; the array is one for all users.
  { name: 'half', above: 0, scoresOf: (user) => (shared.forEach((_, item) => (shared[item] = item % 2 === 0 ? 0 : ((item * 31 + user * 17) % 70) + 1)), shared) }, // prettier-ignore
];

/** By full sorts, row by row. */
function byFormula(depth: number, relevantFrom: number) {
  const sums = { users: 0, together: 0, bySource: { popularity: 0, half: 0 } };
  for (let user = 0; user < table.users; user += 1) {
    const itemsIn = (one: RatingTable, from = -Infinity) =>
      Array.from(one.user.keys()).filter((row) => one.user[row] === user && one.rating[row] >= from).map((row) => one.item[row]); // prettier-ignore
    const seen = itemsIn(train);
    const relevant = [...new Set(itemsIn(held, relevantFrom).filter((item) => !seen.includes(item)))];
    if (seen.length === 0 || relevant.length === 0) continue;
    sums.users += 1;
    const proposed = parts.map(({ name, scoresOf }) => {
      const scores = Array.from(scoresOf(user));
      const best = Array.from(scores.keys()).filter((item) => scores[item] > 0 && !seen.includes(item)).sort((a, b) => scores[b] - scores[a] || a - b).slice(0, depth); // prettier-ignore
      const hits = relevant.filter((item) => best.includes(item));
      sums.bySource[name as 'half'] += hits.length / relevant.length;
      return hits;
    });
    sums.together += new Set(proposed.flat()).size / relevant.length;
  }
  const mean = (sum: number): number => expect.closeTo(sum / sums.users, 10) as number;
  const { popularity, half } = sums.bySource;
  return { users: sums.users, depth, together: mean(sums.together), bySource: { popularity: mean(popularity), half: mean(half) } }; // prettier-ignore
}

test.each([
  [5, -Infinity],
  [20, 4],
  [70, 3],
])('shares of relevant items among the best %i are what the formula says, relevant from %s', (depth, relevantFrom) => {
  const found = listCandidates(parts, { train, test: held, relevantFrom }, depth);
  expect(found).toEqual(byFormula(depth, relevantFrom));
  expect(found).not.toEqual(byFormula(depth - 1 || 1, relevantFrom - 1));
});

test('planted: what a part knows nothing of would count as proposed', () => {
  const careless = parts.map(({ name, scoresOf }) => ({ name, scoresOf }));
  const tables = { train, test: held };
  expect(listCandidates(careless, tables, 70)!.bySource.half).toBe(1);
  expect(listCandidates(parts, tables, 70)!.bySource.half).toBeLessThan(0.7);
});

test('where nobody with a training row wants anything there is no figure', () => {
  expect(listCandidates(parts, { train, test: held, relevantFrom: 6 })).toBeUndefined();
});
