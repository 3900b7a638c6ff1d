import { chooseFromList, utilityOf } from './choice.ts';
import type { Population } from './population.ts';
import { Random } from './random.ts';

/** What a user watched first (`seen`) and later (`relevant`), as movie ids. */
export interface HoldOutCase {
  userId: number;
  seen: readonly string[];
  relevant: readonly string[];
}

/** Makes a list of movie ids, best first, for a user who has seen `seen`. */
export type Ranker = (userId: number, seen: readonly string[], count: number) => string[];

/** Utility of every movie (by place in the catalogue) to a user. Throws `RangeError` for a user who does not exist. */
export function trueUtilities(population: Population, userId: number): Float64Array {
  const user = population.placeOfUser.get(userId);
  if (user === undefined) throw new RangeError(`no user ${userId} in this population`);
  return Float64Array.from(population.catalogue.movies, (_, movie) => utilityOf(population, user, movie));
}

/**
 * The best ranking there is: by the true utility, taste and fame, of what the user has not seen. Nothing that was
 * learnt from the log can be better in the mean, since people choose by these odds.
 */
export const rankByTruth =
  (population: Population): Ranker =>
  (userId, seen, count) =>
    bestUnseen(population, trueUtilities(population, userId), seen, count);

/** The same list for everybody but for what was seen: by the number of viewings in `cases`. */
export function rankByPopularity(population: Population, cases: readonly HoldOutCase[]): Ranker {
  const viewings = new Float64Array(population.catalogue.movies.length);
  for (const { seen } of cases) for (const id of seen) viewings[population.catalogue.placeOf.get(id) as number]++;
  return (_, seen, count) => bestUnseen(population, viewings, seen, count);
}

export function rankAtRandom(population: Population, seed: number): Ranker {
  const random = new Random(seed, 'random ranking');
  return (_, seen, count) =>
    bestUnseen(
      population,
      Float64Array.from(population.catalogue.movies, () => random.next()),
      seen,
      count,
    );
}

/** Parts each user's movies by the time of the first minute: the newest `share` (at least one of two) is held out. */
export function holdOut(
  viewings: Iterable<{ userId: number; movieId: string; time: number }>,
  share = 0.2,
): HoldOutCase[] {
  const byUser = new Map<number, Map<string, number>>();
  for (const { userId, movieId, time } of viewings) {
    const movies = byUser.get(userId) ?? new Map<string, number>();
    byUser.set(userId, movies);
    if (!movies.has(movieId)) movies.set(movieId, time);
  }
  return Array.from(byUser, ([userId, movies]) => {
    const ordered = [...movies].sort((a, b) => a[1] - b[1]).map(([id]) => id);
    const from = ordered.length - (ordered.length < 2 ? 0 : Math.max(1, Math.round(ordered.length * share)));
    return { userId, seen: ordered.slice(0, from), relevant: ordered.slice(from) };
  });
}

/** Mean NDCG of the first `k` over the cases that have something relevant (gain 0 or 1; Järvelin and Kekäläinen 2002). */
export function meanNdcg(cases: readonly HoldOutCase[], rank: Ranker, k = 10): number {
  const scored = cases.filter(({ relevant }) => relevant.length > 0);
  const total = scored.reduce((sum, { userId, seen, relevant }) => {
    const wanted = new Set(relevant);
    const gain = rank(userId, seen, k).reduce((got, id, place) => got + (wanted.has(id) ? discount(place) : 0), 0);
    const best = Array.from({ length: Math.min(k, wanted.size) }, (_, place) => discount(place)).reduce(
      (a, b) => a + b,
    );
    return sum + gain / best;
  }, 0);
  return scored.length === 0 ? 0 : total / scored.length;
}

const discount = (place: number): number => 1 / Math.log2(place + 2);

/** Of how many of `cases`, each shown one list of 20, something is watched; the same for the same seed. */
export function watchedOfLists(population: Population, cases: readonly HoldOutCase[], rank: Ranker): number {
  const random = new Random(population.seed, 'watched of lists');
  const { placeOf } = population.catalogue;
  return cases.filter(({ userId, seen }) => {
    const list = rank(userId, seen, 20).map((id) => placeOf.get(id) ?? -1);
    const known = new Set(seen.map((id) => placeOf.get(id) ?? -1));
    return chooseFromList(population, population.placeOfUser.get(userId) as number, list, known, random) >= 0;
  }).length;
}

function bestUnseen({ catalogue }: Population, scores: Float64Array, seen: readonly string[], count: number): string[] {
  const left = new Set(catalogue.movies.keys());
  for (const id of seen) left.delete(catalogue.placeOf.get(id) ?? -1);
  return [...left]
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .slice(0, count)
    .map((place) => catalogue.movies[place].id);
}
