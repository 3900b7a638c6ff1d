import { createDraws } from './rating-splits.ts';
import { itemsOf } from './ranking-figures.ts';
import { rowsOfUsers, type RankedSet } from './ranking-movielens.ts';
import type { RankingSplit } from './ranking-random-folds.ts';

/**
 * Strong generalisation (Liang and others 2018): ratings of 4 and more, users with at least 5; a tenth of the users for validation, a tenth for the test, learnt from
 * the others alone. Of an unseen user a random 80 % is folded in, the rest is wanted; only items that somebody in training has.
 */
export function strongGeneralisation(set: RankedSet, seed: number, part: 'validation' | 'test'): RankingSplit {
  const draws = createDraws(seed);
  const people = rowsOfUsers(
    set,
    set.rows.filter(({ rating }) => rating >= 4),
  ).filter((rows) => rows.length >= 5);
  const tenths = draws.parts(people, 10);
  const train = tenths.slice(2).flat(2);
  const known = itemsOf(train);
  const users = tenths[part === 'test' ? 0 : 1].map((rows) => {
    const [wanted, ...history] = draws.parts(
      rows.filter(({ item }) => known.has(item)),
      5,
    );
    const seen = new Set(Array.from({ length: set.items }, (_, item) => item).filter((item) => !known.has(item)));
    for (const { item } of history.flat()) seen.add(item);
    return { history: history.flat(), seen, wanted: itemsOf(wanted) };
  });
  return { train, users };
}
