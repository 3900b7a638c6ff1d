import { splitHoldOut as splitEvents } from '@reelay/recommender';
import { letOthersRun } from './let-others-run.ts';
import type { Snapshot } from './snapshot/open-snapshot.ts';

/** Row numbers of the snapshot, ordered by user, then time, then item. */
export interface HoldOut {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * The hold-out protocol. Of each user with at least three items the newest fifth (at least one) by last event is left out; the other users
 * stay in the training part whole. **Everything** left out counts as relevant, however short or badly rated: what somebody chose next is the
 * question that the list answers, and a threshold would be one more thing to tune. Candidates are all items outside the user's training part.
 *
 * User by user, so that memory does not grow with the data.
 */
export async function splitHoldOut({ rows }: Snapshot, signal?: AbortSignal): Promise<HoldOut> {
  const train = new Int32Array(rows.item.length);
  const test = new Int32Array(rows.item.length);
  let trained = 0;
  let tested = 0;
  for (let start = 0, users = 0; start < rows.item.length; users += 1) {
    const end = endOfUser(rows.user, start);
    const split = splitEvents(eventsOf(rows, start, end));
    for (const { row } of split.train) train[trained++] = row;
    for (const { row } of split.test) test[tested++] = row;
    start = end;
    if (users % 5_000 === 4_999) await letOthersRun(signal);
  }
  return { train: train.subarray(0, trained), test: test.subarray(0, tested) };
}

/** The first place after the run of equal values that begins at `start`. */
export function endOfUser(user: Int32Array, start: number): number {
  let end = start;
  while (end < user.length && user[end] === user[start]) end += 1;
  return end;
}

const eventsOf = (rows: Snapshot['rows'], start: number, end: number) =>
  Array.from({ length: end - start }, (_, at) => {
    const row = start + at;
    return { row, user: rows.user[row], item: rows.item[row], at: rows.lastTime[row] };
  });
