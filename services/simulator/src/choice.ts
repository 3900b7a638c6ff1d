import { tastes } from './catalogue.ts';
import type { Population } from './population.ts';
import type { Random } from './random.ts';

/**
 * How a person chooses.
 *
 * - *Utility* of a movie = tasteScale × (wish · offer) + fame, in units of the logit.
 * - *Own choice*: of `considered` titles that come to mind (drawn by fame) the person takes one by softmax of taste among
 *   those not seen yet. Over many considered titles this is a softmax of utility over all movies.
 * - *From a list*: rank r (1 = first) is looked at with probability 1 / log₂(1 + r): the first always, the third in half of
 *   the cases, the twentieth in 23 %. Among those looked at and not seen yet, and *nothing*, softmax of utility.
 */
export const tasteScale = 6;
export const considered = 120;
/** Utility of closing the list without watching anything from it. */
const nothingUtility = 7.5;

/** The natural logarithm of odds with which user and movie (places) find each other. */
export const utilityOf = (population: Population, user: number, movie: number): number =>
  tasteScale * matchOf(population, user, movie) + population.catalogue.fame[movie];

/** wish · offer, 0 (nothing in common) to 1. */
export function matchOf({ wish, catalogue: { offer } }: Population, user: number, movie: number): number {
  let sum = 0;
  for (let taste = 0; taste < tastes; taste++) sum += wish[user * tastes + taste] * offer[movie * tastes + taste];
  return sum;
}

/** Probability that a person looks at place `rank` (1 = first) of a list. */
export const examination = (rank: number): number => 1 / Math.log2(1 + rank);

const candidates = new Int32Array(considered);
const weights = new Float64Array(considered);

/** Place of the movie that the user takes unasked; −1 when all that comes to mind has been seen. */
export function chooseFreely(population: Population, user: number, seen: ReadonlySet<number>, random: Random): number {
  let count = 0;
  let total = 0;
  for (let n = 0; n < considered; n++) {
    const movie = population.byFame.draw(random);
    if (seen.has(movie)) continue;
    candidates[count] = movie;
    total += weights[count++] = Math.exp(tasteScale * matchOf(population, user, movie));
  }
  return takeByWeight(count, random.next() * total);
}

/** Index in `list` (places of movies; −1 for one that the person has never heard of) of what is taken; −1 for nothing. */
export function chooseFromList(
  population: Population,
  user: number,
  list: readonly number[],
  seen: ReadonlySet<number>,
  random: Random,
): number {
  const looked = list.map((movie, index) => random.chance(examination(index + 1)) && movie >= 0 && !seen.has(movie));
  const weight = list.map((movie, index) => (looked[index] ? Math.exp(utilityOf(population, user, movie)) : 0));
  let left = random.next() * (Math.exp(nothingUtility) + weight.reduce((sum, w) => sum + w, 0));
  return weight.findIndex((w) => (left -= w) < 0);
}

function takeByWeight(count: number, point: number): number {
  let left = point;
  for (let n = 0; n < count; n++) {
    left -= weights[n];
    if (left < 0) return candidates[n];
  }
  return count === 0 ? -1 : candidates[count - 1];
}
