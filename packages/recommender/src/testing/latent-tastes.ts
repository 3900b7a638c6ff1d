import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface TasteEvent {
  readonly user: number;
  readonly item: number;
  readonly minutes: number;
  readonly rating: number;
  readonly at: number;
}

/** Random numbers of one seed. */
export interface Dice {
  /** From 0 to 1. */
  share(): number;
  /** From `low` to `high`, both included. */
  between(low: number, high: number): number;
  gaussian(): number;
}

export function createDice(seed: number): Dice {
  const generator = xoroshiro128plus(seed);
  const share = (): number => uniformFloat64(generator);
  return {
    share,
    between: (low, high) => uniformInt(generator, low, high),
    gaussian: () => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share()),
  };
}

/**
 * Users who choose by taste: each has a random taste in a few dimensions, so has each movie, and some movies are popular with all.
 * A user watches the movies with the highest taste + popularity + noise; the better it fits, the longer it runs and the better it is rated.
 */
export function drawTasteEvents(size: {
  users: number;
  items: number;
  eventsPerUser: number;
  seed: number;
}): TasteEvent[] {
  const dice = createDice(size.seed);
  const dimensions = 5;
  const draw = (): number[] => Array.from({ length: dimensions }, () => dice.gaussian());
  const movies = Array.from({ length: size.items }, () => ({ taste: draw(), popularity: dice.gaussian() }));
  return Array.from({ length: size.users }, draw).flatMap((taste, user) =>
    movies
      .map((movie, item) => {
        const fit = movie.taste.reduce((sum, value, j) => sum + value * taste[j], 0) / Math.sqrt(dimensions);
        return { item, fit, wish: 1.5 * fit + movie.popularity + dice.gaussian() };
      })
      .sort((a, b) => b.wish - a.wish)
      .slice(0, size.eventsPerUser)
      .map(({ item, fit }) => ({
        user,
        item,
        minutes: dice.between(20, 100) + (fit > 1 ? 40 : 0),
        rating: dice.share() < 0.2 ? Math.max(1, Math.min(5, Math.round(3 + fit))) : 0,
        at: dice.share(),
      })),
  );
}
