import type { RatedUser } from '@reelay/recommender';
import { foldInMax } from '@reelay/shared/contracts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';

/**
 * Users with a rating among the rows `held`, each beside what a request would fold in: the newest items among the rows `known`. Users ascending.
 */
export function* ratedUsers({ rows }: Snapshot, known: Int32Array, held: Int32Array): Generator<RatedUser> {
  const other = rowsByUser(rows.user, held.filter((row) => rows.rating[row] > 0)); // prettier-ignore
  const own = rowsByUser(rows.user, known.filter((row) => other.has(rows.user[row]))); // prettier-ignore
  for (const [user, tested] of other) {
    const before = (own.get(user) ?? []).toSorted((a, b) => rows.lastTime[a] - rows.lastTime[b] || a - b);
    yield {
      history: before.slice(-foldInMax).map((row) => ({ index: rows.item[row], rating: rows.rating[row] })),
      items: tested.map((row) => rows.item[row]),
      ratings: tested.map((row) => rows.rating[row]),
    };
  }
}

const rowsByUser = (user: Int32Array, rowNumbers: Int32Array): Map<number, number[]> =>
  Map.groupBy(rowNumbers, (row) => user[row]);
