import type { HistoryEntry, HistoryEvent } from '../contracts/index.ts';

/** Newest first: time, then item id, both descending. */
export const newestFirst = (a: HistoryEntry, b: HistoryEntry): number => b.time - a.time || b.itemId - a.itemId;

/** The join of what is known of an item and what is said now; `known` itself when nothing changes. */
export function joinEntry(known: HistoryEntry | undefined, said: HistoryEntry): HistoryEntry {
  if (!known) return entryOf(said);
  const newerRating = said.ratedAt > known.ratedAt || (said.ratedAt === known.ratedAt && said.rating > known.rating);
  if (said.minutes <= known.minutes && !newerRating && said.time <= known.time) return known;
  return {
    itemId: known.itemId,
    minutes: Math.max(known.minutes, said.minutes),
    rating: newerRating ? said.rating : known.rating,
    ratedAt: newerRating ? said.ratedAt : known.ratedAt,
    time: Math.max(known.time, said.time),
  };
}

const entryOf = ({ itemId, minutes, rating, ratedAt, time }: HistoryEntry): HistoryEntry => ({
  itemId,
  minutes,
  rating,
  ratedAt,
  time,
});

/** Events by user, each user's in the order given. */
export function byUser(events: HistoryEvent[]): Map<number, HistoryEvent[]> {
  return Map.groupBy(events, (event) => event.userId);
}
