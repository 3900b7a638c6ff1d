import type { Snapshot } from '../snapshot/open-snapshot.ts';

/** The newest 5 %: at most so many, and at least so many where that is no more than a fifth. */
const newestShare = 0.05;
const newestMost = 50_000;
const newestLeast = 300;

/** Rows by time, the newest apart, both ascending; of equal times the later row is the newer. */
export function splitNewest({ rows }: Snapshot, rated: Int32Array): { older: Int32Array; newest: Int32Array } {
  const least = Math.min(newestLeast, 0.2 * rated.length);
  const count = Math.floor(Math.min(newestMost, Math.max(newestShare * rated.length, least)));
  const order = rated.toSorted((a, b) => rows.lastTime[a] - rows.lastTime[b] || a - b);
  const cut = rated.length - count;
  return { older: order.slice(0, cut).sort(), newest: order.slice(cut).sort() };
}
