import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import {
  calibrationFormula,
  coverageFormula,
  diversityFormula,
  giniFormula,
  maeFormula,
  noveltyFormula,
  rmseFormula,
} from '../testing/metric-formulas.ts';
import { calibrationOf } from './calibration.ts';
import { coverage, giniOf, intraListDiversity, noveltyOf } from './catalogue-figures.ts';
import { ratingErrors } from './rating-errors.ts';

const generator = xoroshiro128plus(5);
const draw = (least: number, most: number) => uniformInt(generator, least, most);
const items = 40;
const names = ['Action', 'Comedy', 'Drama', 'Horror', 'War'];
const genres = Array.from({ length: items }, () => names.filter(() => draw(0, 2) === 0));
const genresOf = genres.map((own) => new Set(own));
const watchers = Array.from({ length: items }, () => draw(0, 90));
const some = (size: number): number[] => {
  const chosen = new Set<number>();
  while (chosen.size < size) chosen.add(draw(0, items - 1));
  return [...chosen];
};
const worlds = Array.from({ length: 200 }, () => ({
  lists: Array.from({ length: 12 }, () => some(draw(3, 8))),
  history: some(draw(2, 15)),
}));

/** How many worlds two ways to compute a figure do not agree in. */
const disagreements = (one: (world: (typeof worlds)[number]) => number, other: typeof one): number =>
  worlds.filter((world) => !(Math.abs(one(world) - other(world)) <= 1e-10)).length;

const checks: [string, Parameters<typeof disagreements>[0], Parameters<typeof disagreements>[0], Parameters<typeof disagreements>[0]][] = [
  ['coverage', ({ lists }) => coverage(lists, items), ({ lists }) => coverageFormula(lists, items), ({ lists }) => coverage(lists.slice(1), items)],
  ['Gini', ({ lists }) => giniOf(lists, items), ({ lists }) => giniFormula(lists, items), ({ lists }) => giniOf(lists, items + 1)],
  ['novelty', ({ lists }) => noveltyOf(lists[0], watchers, 90), ({ lists }) => noveltyFormula(lists[0], watchers, 90), ({ lists }) => noveltyOf(lists[0], watchers.toReversed(), 90)],
  ['intra-list diversity', ({ lists }) => intraListDiversity(lists[0], genresOf), ({ lists }) => diversityFormula(lists[0], genres), ({ lists }) => intraListDiversity(lists[0].slice(1), genresOf)],
  ['calibration', ({ lists, history }) => calibrationOf(lists[0], history, genresOf), ({ lists, history }) => calibrationFormula(lists[0], history, genres), ({ lists, history }) => calibrationOf(lists[0].toReversed(), history, genresOf)],
]; // prettier-ignore

test.each(checks)('%s is what its formula says in 200 drawn worlds; a fault is seen', (_, ours, formula, faulty) => {
  expect(disagreements(ours, formula)).toBe(0);
  expect(disagreements(faulty, formula)).toBeGreaterThan(100);
});

test('RMSE and MAE are what their formulas say; a shifted list is seen', () => {
  const actual = Array.from({ length: 500 }, () => draw(1, 5));
  const predicted = actual.map((value) => value + draw(-100, 100) / 80);
  const { rmse, mae } = ratingErrors(predicted, actual);
  expect(rmse).toBeCloseTo(rmseFormula(predicted, actual), 12);
  expect(mae).toBeCloseTo(maeFormula(predicted, actual), 12);
  const shifted = [...predicted.slice(1), predicted[0]];
  expect(ratingErrors(shifted, actual).rmse).not.toBeCloseTo(rmse, 3);
});

test.each([
  [[], []],
  [[1], [1, 2]],
  [[Number.NaN], [1]],
])('errors of %j against %j are refused', (predicted, actual) => {
  expect(() => ratingErrors(predicted, actual)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
});

test('known values: everybody alike is Gini 0, one item alone is (n − 1)/n; the same tastes are calibration 0', () => {
  expect(giniOf([[0, 1, 2, 3]], 4)).toBe(0);
  expect(giniOf([[2], [2]], 4)).toBe(0.75);
  expect(giniOf([], 4)).toBe(0);
  expect(calibrationOf([0], [0], [new Set(['War'])])).toBe(0);
});
