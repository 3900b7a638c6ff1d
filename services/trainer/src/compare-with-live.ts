import { createModel, ndcgAt, type Model } from '@reelay/recommender';
import { compareByUser, type ComparedUser, type LiveComparison, type UserFigures } from '@reelay/shared/contracts';
import { historyOf, listFor, listLength, triedUsers, type Evaluation, type TriedUser } from './evaluate-model.ts';
import { groupNames } from './groups-of-user.ts';
import { letOthersRun } from './let-others-run.ts';
import type { LiveModel } from './open-live-model.ts';
import { ratingEstimator } from './rating/rating-estimator.ts';
import type { Snapshot } from './snapshot/open-snapshot.ts';
import { groupOfPlace } from './ranking/train-ranking.ts';
import type { TrainedModel } from './train-model.ts';

/**
 * The candidate's twin and the live model on the same held-out rows, user by user, with the same histories. Only rows that are newer than
 * everything the live model learned from count: of the others it knows the answers. Undefined where there is none.
 */
export async function compareWithLive(evaluation: Evaluation, live: LiveModel): Promise<LiveComparison | undefined> {
  const { snapshot, holdOut, model, usersMax, signal } = evaluation;
  const test = holdOut.test.filter((row) => snapshot.rows.lastTime[row] > live.newestTime);
  const tried = triedUsers(snapshot, { ...holdOut, test }, usersMax);
  if (tried.length === 0) return undefined;
  const groups = groupOfPlace(snapshot);
  const [candidate, other] = [ranker(snapshot, model, groups), ranker(snapshot, live.model, groups)];
  const users: ComparedUser[] = [];
  for (const user of tried) {
    users.push({
      groups: groupNames(groups[user.place]),
      ratings: ratingsIn(snapshot, user.test).length,
      candidate: candidate(user),
      live: other(user),
    });
    if (users.length % 50 === 0) await letOthersRun(signal);
  }
  return compareByUser(live.version, users);
}

function ranker(snapshot: Snapshot, model: TrainedModel, groups: Uint8Array): (user: TriedUser) => UserFigures {
  const scorer: Model = createModel(model);
  const estimator = ratingEstimator(model);
  return (user) => {
    const { history, seen, relevant } = historyOf(snapshot, user);
    const ndcg = ndcgAt(listFor(scorer, history, seen, groups[user.place]), relevant, listLength);
    const held = ratingsIn(snapshot, user.test);
    const foretold = estimator.estimate(history, held.map(({ item }) => item)); // prettier-ignore
    return { ndcg, squaredErrors: held.reduce((sum, { rating }, at) => sum + (foretold[at] - rating) ** 2, 0) };
  };
}

const ratingsIn = ({ rows }: Snapshot, rowNumbers: Int32Array): { item: number; rating: number }[] =>
  Array.from(rowNumbers)
    .filter((row) => rows.rating[row] > 0)
    .map((row) => ({ item: rows.item[row], rating: rows.rating[row] }));
