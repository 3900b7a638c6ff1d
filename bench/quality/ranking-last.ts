import { itemsOf } from './ranking-figures.ts';
import { rowsOfUsers, type RankedSet } from './ranking-movielens.ts';
import type { RankingSplit } from './ranking-random-folds.ts';

/**
 * The last rating of each user, whatever its value, by the order of `order.txt`; learnt from all ratings before it. For validation the last is set aside and the one
 * before it is wanted.
 */
export function lastOfEach(set: RankedSet, part: 'validation' | 'test'): RankingSplit {
  const users = rowsOfUsers(set, set.rows).map((rows) => {
    const ordered = rows.toSorted((a, b) => a.at - b.at);
    const known = part === 'test' ? ordered : ordered.slice(0, -1);
    const history = known.slice(0, -1);
    return { history, seen: itemsOf(history), wanted: itemsOf(known.slice(-1)) };
  });
  return { train: users.flatMap(({ history }) => history), users };
}
