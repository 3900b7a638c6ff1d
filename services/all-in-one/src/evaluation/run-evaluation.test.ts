import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '@reelay/shared/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { headlinesOf } from './headline.ts';
import { runEvaluation, type EvaluationRequest } from './run-evaluation.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'reelay-run-evaluation-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(name: string, lines: readonly (string | readonly number[])[]): Promise<string> {
  const file = join(folder, `${name.replaceAll(' ', '-')}.csv`);
  await writeFile(file, `${lines.map(String).join('\n')}\n`);
  return file;
}

const run = async (data: string, request: Partial<EvaluationRequest> = {}) =>
  runEvaluation({ data, seed: 1, threads: 1, budgetSeconds: 0.1, split: 'random:0.2:1', ...request });

/** Whole numbers below `most`, the same for the same row and column. */
const draw = (row: number, column: number, most: number): number =>
  Math.floor((Math.abs(Math.sin(row * 78.233 + column * 12.9898)) * 43_758.5453) % most);

/** Most users have one row, ratings are drawn: there is nothing to know of anybody. */
const sparseNoise = Array.from({ length: 3_000 }, (_, row) => [row < 2_500 ? row : draw(row, 1, 400), draw(row, 2, 90), 1 + draw(row, 3, 5), row]); // prettier-ignore

/** Users have tastes at first; the newest tenth is noise. */
const turned = Array.from({ length: 4_000 }, (_, row) => {
  const [user, item] = [draw(row, 1, 120), draw(row, 2, 60)];
  return [user, item, row > 3_600 ? 1 + draw(row, 3, 5) : 1 + ((user + item) % 2) * 4, row];
});

test.each([
  ['sparse noise', sparseNoise, 'temporal:0.1'],
  ['sparse noise', sparseNoise, 'random:0.1:3'],
  ['what turns to noise', turned, 'temporal:0.3'],
])(
  'on %s the served model is no worse than its floors, %#',
  async (name, rows, split) => {
    const { evaluation } = await run(await fileOf(name, ['user,item,rating,time', ...rows]), { split });
    const { served, 'bias-only': biases, popularity } = headlinesOf(evaluation);
    expect(served.rmse!).toBeLessThanOrEqual(biases.rmse! + 0.005);
    expect(served.rmse!).toBeLessThanOrEqual(popularity.rmse! + 0.005);
    expect(served['ndcg@10']!).toBeGreaterThanOrEqual(popularity['ndcg@10']! - 0.005);
    expect(evaluation.choice.trials.length).toBeGreaterThan(5);
  },
  60_000,
);

test.each([
  ['one user', Array.from({ length: 20 }, (_, item) => [1, item, 1 + (item % 5)])],
  ['one item', Array.from({ length: 20 }, (_, user) => [user, 1, 1 + (user % 5)])],
  ['one rating', Array.from({ length: 20 }, (_, row) => [row % 5, row % 4, 3])],
  ['rows twice', Array.from({ length: 40 }, (_, row) => [row % 4, row % 5, 1 + (row % 3)])],
  ['negative numbers', Array.from({ length: 40 }, (_, row) => [row % 8, row % 5, -3 + (row % 7)])],
  ['two rows', [[1, 1, 5], [2, 2, 4]]],
])('%s gives a defined result', async (name, rows) => {
  const { evaluation } = await run(await fileOf(name, rows), { split: 'random:0.5:1' });
  expect(Number.isFinite(headlinesOf(evaluation).served.rmse)).toBe(true);
}, 30_000); // prettier-ignore

test.each([
  ['nothing', [], {}, 'NOT_ENOUGH_DATA'],
  ['a header', ['user,item,rating'], {}, 'NOT_ENOUGH_DATA'],
  ['one row', ['1,1,5'], {}, 'DATA_INVALID'],
  ['no user', ['1,1,5', ',1,4'], {}, 'DATA_INVALID'],
  ['no time', ['1,1,5', '2,1,4'], { split: 'temporal:0.5' }, 'DATA_INVALID'],
  ['another split', ['1,1,5', '2,1,4'], { split: 'halves' }, 'REQUEST_INVALID'],
  ['a large share', ['1,1,5', '2,1,4'], { split: 'random:2' }, 'REQUEST_INVALID'],
  ['two splits', ['1,1,5', '2,1,4'], { split: 'last', testRows: 'x' }, 'REQUEST_INVALID'],
  ['rows of no file', ['1,1,5', '2,1,4'], { split: undefined, testRows: 'none' }, 'NOT_FOUND'],
])('%s is refused with its code', async (name, lines, request, code) => {
  const failed: unknown = await run(await fileOf(name, lines), request).catch((error: unknown) => error);
  expect(errorCode(failed)).toBe(code);
});

test('the same data and seed give the same figures', async () => {
  const file = await fileOf('twice', turned);
  const figures = async () => ({ ...headlinesOf((await run(file)).evaluation), seconds: 0 });
  expect(await figures()).toEqual(await figures());
}, 60_000);
