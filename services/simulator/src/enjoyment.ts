import { matchOf } from './choice.ts';
import type { Population } from './population.ts';
import type { Random } from './random.ts';

/** Mean of the course's ratings on the scale 1 to 5. */
const meanRating = 3.7;
/** Match of the movies that people take on average; better than this is a good surprise. */
const usualMatch = 0.8;

/**
 * How well a user likes a movie once in it, in rating points of the scale 1 to 5 (not bounded): the mean, the user's
 * generosity, the movie's quality, the match of taste, and the mood of the day.
 */
export function enjoymentOf(population: Population, user: number, movie: number, random: Random): number {
  const personal = population.generosity[user] + 1.2 * (matchOf(population, user, movie) - usualMatch);
  return meanRating + personal + population.catalogue.quality[movie] + 0.45 * random.normal();
}

/**
 * The last minute watched, 0 … runtime + 1. Who likes the movie mostly stays to the end; who does not leaves in the
 * first 60 %.
 */
export function lastMinuteOf(enjoyment: number, runtime: number, random: Random): number {
  const stays = 1 / (1 + Math.exp(-2.5 * (enjoyment - 3)));
  if (random.chance(stays)) return runtime + (random.chance(0.3) ? 1 : 0);
  return Math.floor(random.between(0, 0.6) * runtime);
}

/** The rating that goes with an enjoyment: a whole number from 1 to `ratingMax` (5 or 10). */
export function ratingOf(enjoyment: number, ratingMax: 5 | 10): number {
  return Math.min(ratingMax, Math.max(1, Math.round((enjoyment * ratingMax) / 5)));
}
