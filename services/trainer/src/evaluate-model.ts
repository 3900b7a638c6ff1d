import { createModel, evaluateRatings, ndcgAt, topK, type HistoryItem, type Model } from '@reelay/recommender';
import { foldInMax, type ModelMetrics } from '@reelay/shared/contracts';
import { letOthersRun } from './let-others-run.ts';
import { endOfUser, type HoldOut } from './split-hold-out.ts';
import type { Snapshot } from './snapshot/open-snapshot.ts';
import { ratedUsers } from './rating/rated-users.ts';
import { ratingEstimator } from './rating/rating-estimator.ts';
import { groupOfPlace } from './ranking/train-ranking.ts';
import type { TrainedModel } from './train-model.ts';

export interface Evaluation {
  readonly snapshot: Snapshot;
  readonly holdOut: HoldOut;
  /** Trained on `holdOut.train` and nothing else. */
  readonly model: TrainedModel;
  readonly usersMax: number;
  readonly signal?: AbortSignal;
  readonly onUser?: (user: UserRanking) => void;
}

/** How well one user's list was. */
export interface UserRanking {
  /** Demographic group; 0 where unknown. */
  readonly group: number;
  readonly ndcg: number;
}

export const listLength = 10;

/**
 * How well a model that knows only the training part foretells the held-out part. Ranking: NDCG@10 of the very scorer that is served (newest
 * 100 items folded in, everything of the training part left out) and of the most watched items, over the whole catalogue. Ratings:
 * RMSE of the served rating model, of its biases alone and of always answering the mean.
 */
export async function evaluateModel({
  snapshot,
  holdOut,
  model,
  usersMax,
  signal,
  onUser,
}: Evaluation): Promise<ModelMetrics> {
  const scorer = createModel(model);
  const groups = groupOfPlace(snapshot);
  const sums = { ndcg: 0, popularity: 0 };
  const tried = triedUsers(snapshot, holdOut, usersMax);
  for (const [count, user] of tried.entries()) {
    const { relevant, seen, history } = historyOf(snapshot, user);
    const group = groups[user.place];
    const ndcg = ndcgAt(listFor(scorer, history, seen, group), relevant, listLength);
    onUser?.({ group, ndcg });
    sums.ndcg += ndcg;
    sums.popularity += ndcgAt(popularList(model, seen), relevant, listLength);
    if (count % 50 === 49) await letOthersRun(signal);
  }
  const mean = (sum: number): number | null => (tried.length === 0 ? null : sum / tried.length);
  return {
    users: tried.length,
    ndcgAt10: mean(sums.ndcg),
    popularityNdcgAt10: mean(sums.popularity),
    ...ratingFigures(snapshot, holdOut, model),
  };
}

/** Row numbers by user; in time order, as the hold-out has them. */
export interface TriedUser {
  readonly place: number;
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Users with something held out, evenly spaced over all of them when there are more than `usersMax`. */
export function triedUsers({ rows }: Snapshot, { train, test }: HoldOut, usersMax: number): TriedUser[] {
  const trainOf = runsByUser(rows.user, train);
  const all = [...runsByUser(rows.user, test)];
  const step = Math.max(1, all.length / usersMax);
  return Array.from({ length: Math.min(usersMax, all.length) }, (_, at) => {
    const [place, held] = all[Math.floor(at * step)];
    return { place, test: held, train: trainOf.get(place) ?? new Int32Array(0) };
  });
}

function runsByUser(user: Int32Array, rowNumbers: Int32Array): Map<number, Int32Array> {
  const users = rowNumbers.map((row) => user[row]);
  const runs = new Map<number, Int32Array>();
  for (let start = 0; start < users.length;) {
    const end = endOfUser(users, start);
    runs.set(users[start], rowNumbers.subarray(start, end));
    start = end;
  }
  return runs;
}

/** What a request of this user would know, and what it should have answered. */
export const historyOf = (snapshot: Snapshot, { train, test }: TriedUser) => ({
  relevant: new Set(test.map((row) => snapshot.rows.item[row])),
  seen: train.map((row) => snapshot.rows.item[row]),
  history: Array.from(train.slice(-foldInMax), (row) => historyItem(snapshot, row)),
});

const historyItem = ({ rows }: Snapshot, row: number): HistoryItem => ({
  index: rows.item[row],
  minutes: rows.minutes[row],
  rating: rows.rating[row],
});

export const listFor = (scorer: Model, history: HistoryItem[], seen: Int32Array, group: number): number[] =>
  scorer.recommend({ history, seen, group, count: listLength }).map(({ index }) => index);

/** Row 0 of the priors is the share of all users who watched each item. */
function popularList({ priors, catalogueSize }: TrainedModel, seen: Int32Array): number[] {
  const excluded = new Uint8Array(catalogueSize);
  for (const item of seen) excluded[item] = 1;
  return topK(priors.subarray(0, catalogueSize), listLength, excluded).map(({ index }) => index);
}

function ratingFigures(snapshot: Snapshot, holdOut: HoldOut, model: TrainedModel) {
  // Without one rating to learn from, the mean is not known either.
  const test = model.ratings === undefined ? new Int32Array(0) : holdOut.test;
  return evaluateRatings(ratingEstimator(model), model.biases[0], ratedUsers(snapshot, holdOut.train, test));
}
