import type { InteractionRow, MovieRow, UserRow } from '@reelay/shared/storage';

export interface TasteData {
  users: UserRow[];
  movies: MovieRow[];
  /** Ordered by user, then item; items are numbered from 1 in the order of `movies`. */
  interactions: InteractionRow[];
}

export interface TasteSize {
  users: number;
  items: number;
  eventsPerUser: number;
  seed: number;
}

/** Numbers from 0 to 1 of one seed (mulberry32). */
export function createDice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Users who choose by taste: everyone and every movie has a place in four dimensions, some movies are liked by all. A user takes the movies of
 * the highest taste + popularity + noise, so the others' histories tell what comes next. About a fifth is rated.
 */
export function drawTasteData({ users, items, eventsPerUser, seed }: TasteSize): TasteData {
  const dice = createDice(seed);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - dice())) * Math.cos(2 * Math.PI * dice());
  const draw = () => Array.from({ length: 4 }, gaussian);
  const movies = Array.from({ length: items }, () => ({ taste: draw(), popularity: gaussian() }));
  const interactions = Array.from({ length: users }, (_, user) => {
    const taste = draw();
    return movies
      .map((movie, item) => {
        const fit = movie.taste.reduce((sum, value, at) => sum + value * taste[at], 0) / 2;
        return { item, fit, wish: 1.5 * fit + movie.popularity + gaussian() };
      })
      .sort((a, b) => b.wish - a.wish)
      .slice(0, eventsPerUser)
      .sort((a, b) => a.item - b.item)
      .map(({ item, fit }) => event(user + 1, item + 1, fit, dice));
  }).flat();
  return { users: peopleOf(users, dice), movies: movies.map((_, item) => movieOf(item)), interactions };
}

/** The planted fault: who watched it is drawn by lot, so a history says nothing about what comes next. */
export function shuffleUsers(data: TasteData, seed: number): TasteData {
  const dice = createDice(seed);
  const users = shuffle(
    data.interactions.map(({ userId }) => userId),
    dice,
  );
  const pairs = new Map(
    data.interactions.map((row, at) => [`${users[at]} ${row.itemId}`, { ...row, userId: users[at] }] as const),
  );
  const interactions = [...pairs.values()].sort((a, b) => a.userId - b.userId || a.itemId - b.itemId);
  return { ...data, interactions };
}

/** In place (Fisher and Yates). */
export function shuffle(values: number[], dice: () => number): number[] {
  for (let at = values.length - 1; at > 0; at -= 1) {
    const other = Math.floor(dice() * (at + 1));
    [values[at], values[other]] = [values[other], values[at]];
  }
  return values;
}

function event(userId: number, itemId: number, fit: number, dice: () => number): InteractionRow {
  const lastTime = 1_700_000_000 + Math.floor(dice() * 1_000_000);
  const rating = dice() < 0.2 ? Math.max(1, Math.min(5, Math.round(3 + fit + dice() - 0.5))) : 0;
  const minutes = 20 + Math.floor(dice() * 80) + (fit > 1 ? 40 : 0);
  return {
    userId,
    itemId,
    minutes,
    reached: minutes,
    rating,
    ratedAt: rating === 0 ? 0 : lastTime,
    lastTime,
  };
}

const peopleOf = (count: number, dice: () => number): UserRow[] =>
  Array.from({ length: count }, (_, user) => ({
    userId: user + 1,
    age: 15 + Math.floor(dice() * 50),
    gender: dice() < 0.5 ? 'M' : 'F',
    occupation: null,
  }));

const movieOf = (item: number): MovieRow => ({
  id: `movie+${item}+1999`,
  title: `Movie ${item}`,
  year: 1999,
  genres: ['Drama'],
  runtime: 100,
});
