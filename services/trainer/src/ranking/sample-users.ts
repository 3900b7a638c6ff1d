import { endOfUser } from '../split-hold-out.ts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';

/**
 * A smaller snapshot of the given rows, which are ordered by user: all users that they name, or `usersMax` of them, evenly spaced. Something may be tried on it
 * without the other rows, and without the time that all of them would take.
 */
export function sampleUsers(snapshot: Snapshot, rowNumbers: Int32Array, usersMax: number): Snapshot {
  const { rows } = snapshot;
  const users = rowNumbers.map((row) => rows.user[row]);
  const starts: number[] = [];
  for (let start = 0; start < users.length; start = endOfUser(users, start)) starts.push(start);
  const step = Math.max(1, starts.length / usersMax);
  const kept = Array.from({ length: Math.min(usersMax, starts.length) }, (_, at) => starts[Math.floor(at * step)]);
  const taken: Int32Array[] = kept.map((start) => rowNumbers.subarray(start, endOfUser(users, start)));
  const picked = Int32Array.from(taken.flatMap((run) => [...run]));
  return {
    ...snapshot,
    rows: {
      userIds: Int32Array.from(kept, (start) => rows.userIds[users[start]]),
      user: Int32Array.from(taken.flatMap((run, user) => Array.from(run, () => user))),
      item: picked.map((row) => rows.item[row]),
      minutes: Float32Array.from(picked, (row) => rows.minutes[row]),
      rating: Float32Array.from(picked, (row) => rows.rating[row]),
      lastTime: Float64Array.from(picked, (row) => rows.lastTime[row]),
    },
  };
}
