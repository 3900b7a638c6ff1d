import * as fc from 'fast-check';
import type { HistoryEvent } from '../contracts/index.ts';

export const aWatchedItem = (change: Partial<HistoryEvent> = {}): HistoryEvent => ({
  userId: 1,
  itemId: 10,
  minutes: 5,
  rating: 0,
  ratedAt: 0,
  time: 1_000,
  ...change,
});

export const aRatedItem = (rating: number, ratedAt: number, change: Partial<HistoryEvent> = {}): HistoryEvent =>
  aWatchedItem({ minutes: 0, rating, ratedAt, time: ratedAt, ...change });

/** Events of few users and items at few moments, so that they meet. */
export const someEvents = (items = 8): fc.Arbitrary<HistoryEvent[]> => {
  const place = { userId: fc.integer({ min: 1, max: 3 }), itemId: fc.integer({ min: 1, max: items }) };
  const time = fc.integer({ min: 1_000, max: 1_020 });
  const watch = fc
    .record({ ...place, minutes: fc.integer({ min: 1, max: 9 }), time })
    .map((event) => aWatchedItem(event));
  const rating = fc
    .record({ ...place, rating: fc.integer({ min: 1, max: 5 }), time })
    .map(({ rating, time, ...where }) => aRatedItem(rating, time, where));
  return fc.array(fc.oneof(watch, rating), { minLength: 1, maxLength: 40 });
};
