import { biasOnlyModel, splitRandom, type RatingTable } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { evaluateData } from './evaluate-data.ts';
import { reportOf } from './evaluation-report.ts';
import { reportPage } from './report-page.ts';

const places = Array.from({ length: 2_400 }, (_, row) => ({
  user: row % 120,
  item: (row * 7 + Math.floor(row / 120) * 4) % 45,
}));
const table: RatingTable = {
  users: 120,
  items: 45,
  user: Int32Array.from(places, ({ user }) => user),
  item: Int32Array.from(places, ({ item }) => item),
  rating: Float64Array.from(places, ({ user, item }) => 1 + ((user + item) % 5)),
  time: Float64Array.from(places, (_, row) => row),
};
const names = {
  userIds: Array.from({ length: 120 }, (_, place) => `u${place}`),
  itemIds: Array.from({ length: 45 }, (_, place) => `i${place}`),
  details: {
    users: new Map(Array.from({ length: 120 }, (_, place) => [`u${place}`, { age: 30, gender: place % 2 === 0 ? 'F' : 'M', occupation: 'clerk & <co>' }])), // prettier-ignore
    items: new Map(Array.from({ length: 45 }, (_, place) => [`i${place}`, { title: '', year: 1990, genres: [place % 2 === 0 ? 'War' : 'Drama'] }])), // prettier-ignore
  },
  seed: 1,
};
const evaluated = evaluateData({ table, split: splitRandom(table, 0.2, 4), seed: 1 }, {
  rating: { name: 'biases', make: (rows) => biasOnlyModel(rows) },
}); // prettier-ignore

test('the report has every figure of every model, by group, and it is JSON without a loss', async () => {
  const report = reportOf(await evaluated, names);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  for (const { summary, spread, groups } of Object.values(report.models)) {
    for (const name of ['rmse', 'mae', 'ndcg@10', 'recall@20', 'hr@10', 'mrr@10', 'precision@10'] as const) expect(summary[name]).toBeGreaterThan(0); // prettier-ignore
    expect(Object.values(spread).every((value) => typeof value === 'number' && Number.isFinite(value))).toBe(true);
    expect(groups.filter(({ figure }) => figure === 'rmse').map(({ group }) => group)).toEqual(['all', 'F', 'M', '25-34', 'clerk & <co>', 'F × 25-34', 'M × 25-34', 'F × clerk & <co>', 'M × clerk & <co>', '25-34 × clerk & <co>']); // prettier-ignore
  }
  expect(report.candidates).toMatchObject({ depth: 100, users: 120, together: 1, bySource: { popularity: 1 } });
  expect(report.models.served.gaps.map(({ kind }) => kind)).toContain('gender');
  expect(report.split).toBe('random');
});

test('the page shows the figures and plots, well formed and with names escaped', async () => {
  const report = reportOf(await evaluated, names);
  const page = reportPage(report);
  expect(page.match(/<svg /g)).toHaveLength(5);
  expect(page.match(/<svg /g)?.length).toBe(page.match(/<\/svg>/g)?.length);
  expect(page).toContain(report.models.served.summary.rmse!.toFixed(4));
  expect(page).toContain('<tr><td>all together</td><td>1.0000</td></tr>');
  expect(page).toContain('clerk &amp; &lt;co&gt;');
  expect(page).not.toMatch(/NaN|undefined|<co>/);
});

test('what was chosen saw no test row: with other ratings there, the same is chosen', async () => {
  const split = splitRandom(table, 0.2, 4);
  const seen: Float64Array[] = [];
  const rating = { name: 'spy', make: (rows: RatingTable) => (seen.push(rows.rating), biasOnlyModel(rows)) };
  const ranking = { make: (rows: RatingTable) => (seen.push(rows.rating), [{ name: 'biases', scoresOf: biasOnlyModel(rows).scoresOf! }]) }; // prettier-ignore
  const other = { ...table, rating: table.rating.slice() };
  for (const row of split.test) other.rating[row] = 5 - other.rating[row];
  for (const data of [table, other]) await evaluateData({ table: data, split, seed: 1 }, { rating, ranking }); // prettier-ignore
  const [half] = [seen.length / 2];
  expect(half).toBeGreaterThan(1);
  expect(seen.slice(half)).toEqual(seen.slice(0, half));
});
