import { createDraws } from './rating-splits.ts';
import { itemsOf } from './ranking-figures.ts';
import { rowsOfUsers, type RankedSet } from './ranking-movielens.ts';
import type { RankingSplit } from './ranking-random-folds.ts';

/**
 * RecBole's protocol: ratings of 3 and more, of each user a random tenth for validation and a tenth for the test; learnt from the rest alone. The test leaves
 * out both other parts; the validation leaves out the training part.
 */
export function eightOneOne(set: RankedSet, seed: number, part: 'validation' | 'test'): RankingSplit {
  const draws = createDraws(seed);
  const positives = rowsOfUsers(
    set,
    set.rows.filter(({ rating }) => rating >= 3),
  );
  const users = positives.map((rows) => {
    const shuffled = draws.parts(rows, 1)[0];
    const tenth = Math.floor(rows.length / 10);
    const [test, validation] = [shuffled.slice(0, tenth), shuffled.slice(tenth, 2 * tenth)];
    const history = shuffled.slice(2 * tenth);
    const seen = itemsOf(part === 'test' ? [...history, ...validation] : history);
    return { history, seen, wanted: itemsOf(part === 'test' ? test : validation) };
  });
  return { train: users.flatMap(({ history }) => history), users };
}
