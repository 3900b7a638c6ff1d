import type { InteractionRow, RatingRow } from '../rows.ts';

/** What a segment tells about watching. */
export interface Run {
  userId: number;
  itemId: number;
  firstMinute: number;
  lastMinute: number;
  lastTime: number;
}

/**
 * One row for each (user, item): how many distinct minutes its runs cover together, and its newest rating. Runs come ordered
 * by (user, item, first minute), ratings by (user, item, time, rating): at the same second the larger counts as newer.
 */
export function interactionsOf(runs: Run[], ratings: RatingRow[]): InteractionRow[] {
  const rows: InteractionRow[] = [];
  let run = 0;
  let rating = 0;
  while (run < runs.length || rating < ratings.length) {
    const row = emptyRow(earlier(runs[run], ratings[rating]));
    run = addRuns(row, runs, run);
    rating = addRatings(row, ratings, rating);
    rows.push(row);
  }
  return rows;
}

interface Pair {
  userId: number;
  itemId: number;
}

const isSame = (a: Pair | undefined, b: Pair): boolean => a?.userId === b.userId && a.itemId === b.itemId;

function earlier(a: Pair | undefined, b: Pair | undefined): Pair {
  if (a === undefined || b === undefined) return (a ?? b) as Pair;
  return a.userId < b.userId || (a.userId === b.userId && a.itemId <= b.itemId) ? a : b;
}

const emptyRow = ({ userId, itemId }: Pair): InteractionRow => ({
  userId,
  itemId,
  minutes: 0,
  reached: 0,
  rating: 0,
  ratedAt: 0,
  lastTime: 0,
});

/** A sweep: minutes up to `covered` are counted already. */
function addRuns(row: InteractionRow, runs: Run[], place: number): number {
  let covered = -1;
  for (; isSame(runs[place], row); place++) {
    const { firstMinute, lastMinute, lastTime } = runs[place];
    row.minutes += Math.max(0, lastMinute - Math.max(covered, firstMinute - 1));
    covered = Math.max(covered, lastMinute);
    row.reached = Math.max(row.reached, lastMinute + 1);
    row.lastTime = Math.max(row.lastTime, lastTime);
  }
  return place;
}

function addRatings(row: InteractionRow, ratings: RatingRow[], place: number): number {
  for (; isSame(ratings[place], row); place++) {
    row.rating = ratings[place].rating;
    row.ratedAt = ratings[place].time;
    row.lastTime = Math.max(row.lastTime, row.ratedAt);
  }
  return place;
}
