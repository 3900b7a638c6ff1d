import { describe, expect, test } from 'vitest';
import {
  holdOut,
  meanNdcg,
  rankAtRandom,
  rankByPopularity,
  rankByTruth,
  trueUtilities,
  watchedOfLists,
} from './oracle.ts';
import { createPopulation } from './population.ts';
import { truthReport, viewingsOf } from './truth-report.ts';

const population = createPopulation({ seed: 9, preset: 'tiny' });
const cases = holdOut(viewingsOf(population, { lines: 30_000 }));
const truth = rankByTruth(population);
const popularity = rankByPopularity(population, cases);
const random = rankAtRandom(population, 1);

describe('what the truth reaches', () => {
  test('is more than popularity reaches, and that more than chance', () => {
    const [best, middle, worst] = [truth, popularity, random].map((rank) => meanNdcg(cases, rank));
    expect(best).toBeGreaterThan(middle);
    expect(middle).toBeGreaterThan(worst);
    expect(worst).toBeGreaterThan(0);
  });

  test('falls below popularity when users are mistaken for each other', () => {
    const other = new Map(cases.map(({ userId }, at) => [userId, cases[(at + 1) % cases.length].userId]));
    const mistaken = meanNdcg(cases, (userId, seen, count) => truth(other.get(userId) as number, seen, count));
    expect(mistaken).toBeLessThan(meanNdcg(cases, popularity));
  });

  test('people watch more from their own best list than from the popular one, and from that more than from a random one', () => {
    const [best, middle, worst] = [truth, popularity, random].map((rank) => watchedOfLists(population, cases, rank));
    expect(best).toBeGreaterThan(middle);
    expect(middle).toBeGreaterThan(worst);
    expect(worst).toBeGreaterThan(0);
  });
});

test('a list holds what is best and not seen, in order of utility', () => {
  const { userId, seen } = cases[0];
  const utilities = trueUtilities(population, userId);
  const list = truth(userId, seen, 400 - seen.length);
  const values = list.map((id) => utilities[population.catalogue.placeOf.get(id) as number]);
  expect(list).toHaveLength(400 - seen.length);
  expect(list.filter((id) => seen.includes(id))).toEqual([]);
  expect(values).toEqual(values.toSorted((a, b) => b - a));
});

test('a user who does not exist has no utilities', () => {
  expect(() => trueUtilities(population, 0)).toThrow(RangeError);
});

test('the newest fifth of a user is held out, first viewings only', () => {
  const viewings = ['a', 'b', 'c', 'd', 'a', 'e'].map((movieId, time) => ({ userId: 1, movieId, time }));
  expect(holdOut([...viewings, { userId: 2, movieId: 'a', time: 1 }])).toEqual([
    { userId: 1, seen: ['a', 'b', 'c', 'd'], relevant: ['e'] },
    { userId: 2, seen: ['a'], relevant: [] },
  ]);
});

test('the report names all three', () => {
  expect(truthReport(population, { lines: 5_000 })).toMatch(/oracle .*\npopularity .*\nrandom /);
});
