import { z } from 'zod';

const count = z.number().int().nonnegative();
const shares = z.array(count);
/** ε², 0 to 1; null: too few rows to say. */
const effect = z.number().nullable();

/**
 * A snapshot in a few hundred numbers: enough to tell later whether new data looks like it, without keeping its rows. Histograms are counts in
 * fixed bins, so those of two snapshots can be laid side by side.
 */
export const dataSummary = z.object({
  interactions: count,
  /** Users and items with an interaction. */
  users: count,
  items: count,
  /** Items known, with an interaction or without. */
  catalogue: count,
  ratings: count,
  /** Rows whose (user, item) came before. */
  duplicates: count,
  /** Rows with a number that cannot be: not finite, negative, above its scale. */
  outOfRange: z.object({ minutes: count, rating: count, time: count }),
  /** Items with an interaction and neither year nor genre; users with one and no known group. */
  itemsWithoutDetails: count,
  usersWithoutDetails: count,
  minutes: shares,
  ratingValues: shares,
  /** Items a user. */
  eventsPerUser: shares,
  /** Interactions by demographic group of the user. */
  groups: shares,
  /** How much of the spread of a column is told by knowing the item or the user: what a permuted column loses. */
  associations: z.object({ minutesByItem: effect, minutesByUser: effect, ratingByItem: effect, ratingByUser: effect }),
  oldestTime: z.number(),
  newestTime: z.number(),
});
export type DataSummary = z.infer<typeof dataSummary>;
export type Association = keyof DataSummary['associations'];

/** Upper ends of the first nine bins; what is above falls in the tenth. */
const minuteEnds = [0, 5, 10, 20, 40, 60, 90, 120, 180];
const eventEnds = [1, 2, 3, 5, 10, 20, 50, 100, 300];
export const binCount = 10;

export const minuteBin = (minutes: number): number => binIn(minuteEnds, minutes);
export const eventBin = (events: number): number => binIn(eventEnds, events);
/** Ten steps of the scale, whatever its top. */
export const ratingBin = (rating: number, ratingMax: number): number =>
  Math.max(0, Math.min(binCount - 1, Math.ceil((binCount * rating) / ratingMax) - 1));

function binIn(ends: readonly number[], value: number): number {
  const bin = ends.findIndex((end) => value <= end);
  return bin === -1 ? ends.length : bin;
}
