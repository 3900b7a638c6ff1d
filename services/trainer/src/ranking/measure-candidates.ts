import {
  addItemScores,
  candidatesDepth,
  confidenceOf,
  createFactorScorer,
  sumCandidateRecall,
  unpackItemWeights,
  type HistoryItem,
  type Proposer,
} from '@reelay/recommender';
import type { ModelMetrics } from '@reelay/shared/contracts';
import { historyOf, triedUsers, type Evaluation } from '../evaluate-model.ts';
import { letOthersRun } from '../let-others-run.ts';
import { groupOfPlace, type TrainedRanking } from './train-ranking.ts';

type CandidateQuestion = Omit<Evaluation, 'model' | 'onUser'> & { readonly model: TrainedRanking };

/** On so many users at most, evenly spaced over all. */
const candidateUsersMax = 1_000;

/**
 * How many of the held-out items each source that a list is blended from has among its best, and all together; the same users and histories as the
 * other figures. Undefined where nothing is held out.
 */
export async function measureCandidates({
  snapshot,
  holdOut,
  model,
  usersMax,
  signal,
}: CandidateQuestion): Promise<ModelMetrics['candidates']> {
  const proposersFor = createProposers(model);
  const groups = groupOfPlace(snapshot);
  const sum = sumCandidateRecall(candidatesDepth);
  const tried = triedUsers(snapshot, holdOut, Math.min(usersMax, candidateUsersMax));
  for (const [count, user] of tried.entries()) {
    const { relevant, seen, history } = historyOf(snapshot, user);
    const excluded = new Uint8Array(model.catalogueSize);
    for (const item of seen) excluded[item] = 1;
    sum.add(relevant, proposersFor(history, groups[user.place]), excluded);
    if (count % 50 === 49) await letOthersRun(signal);
  }
  return sum.mean();
}

/** Each source alone, as it would rank the catalogue for this history. They share an array. */
function createProposers(model: TrainedRanking) {
  const { itemFactors, factors, objective, priors, catalogueSize, blend } = model;
  const scorer = createFactorScorer(itemFactors, factors, objective);
  const weights = blend && unpackItemWeights(blend.bytes);
  const scores = new Float32Array(catalogueSize);
  const rowOf = (group: number): Float32Array => priors.subarray(group * catalogueSize, (group + 1) * catalogueSize);
  return function* (history: readonly HistoryItem[], group: number): Generator<Proposer> {
    const counted = history.map((item) => ({ index: item.index, value: confidenceOf(item, objective) }));
    if (blend?.share !== 1) {
      scorer.scoreInto(counted, scores);
      yield { source: 'factors', scores };
    }
    if (weights) {
      addItemScores(weights, counted, scores.fill(0));
      yield { source: 'neighbours', scores, above: 0 };
    }
    yield { source: 'prior', scores: rowOf(group), above: 0 };
    yield { source: 'popular', scores: rowOf(0), above: 0 };
  };
}
