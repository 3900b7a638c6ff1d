import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import {
  hitFormula,
  ndcgFormula,
  precisionFormula,
  recallFormula,
  reciprocalRankFormula,
} from '../testing/metric-formulas.ts';
import { listFigures, type ListFigures } from './list-figures.ts';

interface Case {
  list: number[];
  relevant: number[];
  k: number;
}

/** Lists of up to 12 of 30 items, up to 8 of them relevant, k from 1 to 12; some lists are shorter than k, some users have nothing relevant. */
function drawnCases(count: number): Case[] {
  const generator = xoroshiro128plus(11);
  const draw = (least: number, most: number) => uniformInt(generator, least, most);
  const some = (size: number) => {
    const items = new Set<number>();
    while (items.size < size) items.add(draw(0, 29));
    return [...items];
  };
  return Array.from({ length: count }, () => ({ list: some(draw(1, 12)), relevant: some(draw(0, 8)), k: draw(1, 12) }));
}

const cases = drawnCases(2_000);

type Figures = (list: readonly number[], relevant: readonly number[], k: number) => ListFigures;
const ours: Figures = (list, relevant, k) => listFigures(list, new Set(relevant), k);

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-12;

/** Names of the figures that differ from their formula in at least one case. */
function differing(figures: Figures): string[] {
  const formulas = {
    recall: recallFormula,
    ndcg: ndcgFormula,
    hit: hitFormula,
    reciprocalRank: reciprocalRankFormula,
    precision: precisionFormula,
  };
  return Object.entries(formulas)
    .filter(([name, formula]) =>
      cases.some(
        ({ list, relevant, k }) =>
          !near(figures(list, relevant, k)[name as keyof ListFigures], formula(list, relevant, k)),
      ),
    )
    .map(([name]) => name);
}

test('every figure of a list is what its formula says, over 2,000 drawn lists', () => {
  expect(cases.some(({ relevant }) => relevant.length === 0)).toBe(true);
  expect(cases.some(({ list, relevant, k }) => ndcgFormula(list, relevant, k) > 0.5)).toBe(true);
  expect(differing(ours)).toEqual([]);
});

test('a list in another order turns the check red', () => {
  const reversed: Figures = (list, relevant, k) => ours(list.toReversed(), relevant, k);
  expect(differing(reversed)).toEqual(['recall', 'ndcg', 'hit', 'reciprocalRank', 'precision']);
});

test('places that begin at 0 or at 2 turn the check red', () => {
  const shifted =
    (by: number): Figures =>
    (list, relevant, k) => ({
      ...ours(list, relevant, k),
      reciprocalRank: list.slice(0, k).reduce((most, item, at) => (relevant.includes(item) ? Math.max(most, 1 / (at + 1 + by)) : most), 0), // prettier-ignore
      ndcg: ndcgWith((place) => 1 / Math.log2(place + 1 + by), list, relevant, k),
    });
  expect(differing(shifted(1))).toEqual(['ndcg', 'reciprocalRank']);
  expect(differing(shifted(0))).toEqual([]);
});

test('an ideal list that is too long turns the check red', () => {
  const wrong: Figures = (list, relevant, k) => ({
    ...ours(list, relevant, k),
    ndcg: ndcgWith((place) => 1 / Math.log2(place + 1), list, relevant, k, relevant.length),
  });
  expect(differing(wrong)).toEqual(['ndcg']);
});

test('a place more or less of k turns the check red', () => {
  expect(differing((list, relevant, k) => ours(list, relevant, k + 1))).toContain('recall');
});

test('an item that stands twice counts once', () => {
  expect(listFigures([3, 3, 4], new Set([3, 5]), 3)).toMatchObject({
    recall: 0.5,
    precision: 1 / 3,
    reciprocalRank: 1,
  });
});

test.each([0, -1, 1.5, Number.NaN])('k = %s is refused', (k) => {
  expect(() => listFigures([1], new Set([1]), k)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
});

/** NDCG with faults to choose from. */
function ndcgWith(
  gain: (place: number) => number,
  list: readonly number[],
  relevant: readonly number[],
  k: number,
  idealLength = Math.min(k, relevant.length),
): number {
  if (relevant.length === 0) return 0;
  let dcg = 0;
  let idcg = 0;
  list.slice(0, k).forEach((item, at) => void (dcg += relevant.includes(item) ? gain(at + 1) : 0));
  for (let place = 1; place <= idealLength; place++) idcg += gain(place);
  return dcg / idcg;
}
