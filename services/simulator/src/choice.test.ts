import { describe, expect, test } from 'vitest';
import { chooseFreely, chooseFromList, examination, utilityOf } from './choice.ts';
import { createPopulation } from './population.ts';
import { Random } from './random.ts';

const population = createPopulation({ seed: 2, preset: 'tiny' });
const nothingSeen: ReadonlySet<number> = new Set();
const user = 0;
const byUtility = Array.from(population.catalogue.movies.keys()).sort(
  (a, b) => utilityOf(population, user, b) - utilityOf(population, user, a),
);

/** How often each place of the list was taken in `times` looks. */
function takenByPlace(list: number[], times: number, seen = nothingSeen): number[] {
  const random = new Random(4, 'test');
  const counts = list.map(() => 0);
  for (let n = 0; n < times; n++) {
    const place = chooseFromList(population, user, list, seen, random);
    if (place >= 0) counts[place]++;
  }
  return counts;
}

describe('from a list', () => {
  test('what stands first is taken more often than the same movie further down', () => {
    const [wanted, ...others] = byUtility.slice(0, 20);
    const first = takenByPlace([wanted, ...others], 5_000)[0];
    const tenth = takenByPlace([...others.slice(0, 9), wanted, ...others.slice(9)], 5_000)[9];
    const last = takenByPlace([...others, wanted], 5_000)[19];
    expect(first).toBeGreaterThan(tenth);
    expect(tenth).toBeGreaterThan(last);
    expect(last).toBeGreaterThan(0);
  });

  test('the second place is not looked at more often than the formula says', () => {
    // A movie that is wanted above all: taken whenever it is looked at.
    const wished = {
      ...population,
      catalogue: { ...population.catalogue, fame: population.catalogue.fame.map(() => 50) },
    };
    const random = new Random(4, 'test');
    const taken = Array.from({ length: 10_000 }, () => chooseFromList(wished, user, [-1, 7], nothingSeen, random));
    const looked = taken.filter((place) => place === 1).length;
    expect(Math.abs(looked - 10_000 * examination(2))).toBeLessThan(200);
  });

  test('the first place is always looked at', () => {
    expect(examination(1)).toBe(1);
  });

  test('nothing seen and nothing unknown is taken', () => {
    const list = [byUtility[0], -1, byUtility[1]];
    const counts = takenByPlace(list, 2_000, new Set([byUtility[0]]));
    expect(counts.slice(0, 2)).toEqual([0, 0]);
    expect(counts[2]).toBeGreaterThan(0);
  });
});

describe('by own choice', () => {
  test('the liked and famous half is taken more often, and nothing seen', () => {
    const random = new Random(4, 'test');
    const better = new Set(byUtility.slice(0, 200));
    const seen = new Set(byUtility.slice(0, 5));
    const taken = Array.from({ length: 1_000 }, () => chooseFreely(population, user, seen, random));
    expect(taken.filter((movie) => better.has(movie)).length).toBeGreaterThan(900);
    expect(taken.filter((movie) => seen.has(movie))).toEqual([]);
  });

  test('who has seen all takes nothing', () => {
    expect(chooseFreely(population, user, new Set(byUtility), new Random(4, 'test'))).toBe(-1);
  });
});
