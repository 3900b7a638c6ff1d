import {
  biasOnlyModel,
  chooseServed,
  evaluateModel,
  makeServed,
  popularityModel,
  splitForValidation,
  summarise,
  takeRows,
  type EvaluatedModel,
  type RatingSplit,
  type RatingTable,
  type ServedChoice,
  type ServedMakers,
  type Trial,
  type UserOutcome,
} from '@reelay/recommender';

export interface EvaluatedData {
  table: RatingTable;
  split: RatingSplit;
  relevantFrom?: number | undefined;
  seed: number;
}

/** What came of the three models, user by user, and how the served one was chosen. */
export interface Evaluation {
  outcomes: Record<'served' | 'bias-only' | 'popularity', UserOutcome[]>;
  train: RatingTable;
  test: RatingTable;
  splitKind: string;
  choice: ServedChoice;
  trials: Trial[];
  seconds: number;
}

const noChoice: ServedChoice = { biasLambda: 10, ratingWeight: 0, rankingWeight: 0 };

/** Trains on the training rows alone, chooses what is served on a slice of them, and only then looks at the test rows. */
export async function evaluateData(
  { table, split, relevantFrom, seed }: EvaluatedData,
  makers: ServedMakers,
  onStep: (step: string, done: number) => void = () => {},
): Promise<Evaluation> {
  const started = performance.now();
  const train = takeRows(table, split.train);
  const trials: Trial[] = [];
  const slice = split.train.length < 2 ? undefined : splitForValidation(table, split, { seed });
  onStep('choosing', 0);
  const choice = slice
    ? await chooseServed(slice, { ...makers, relevantFrom, onTrial: (trial) => trials.push(trial) })
    : noChoice;
  onStep('training', 0);
  const served = await makeServed(train, choice, makers);
  const test = takeRows(table, split.test);
  const evaluate = (model: EvaluatedModel) =>
    evaluateModel(model, { train, test, relevantFrom }, { onProgress: (done, of) => onStep('evaluating', done / of) });
  const outcomes = {
    served: await evaluate(served),
    'bias-only': await evaluate(biasOnlyModel(train)),
    popularity: await evaluate(popularityModel(train)),
  };
  const seconds = (performance.now() - started) / 1_000;
  return { outcomes, train, test, splitKind: slice?.kind ?? 'random', choice, trials, seconds };
}

/** The four figures by which models are told apart. */
export function headline(outcomes: readonly UserOutcome[]) {
  const summary = summarise(outcomes);
  return {
    rmse: summary.rmse,
    mae: summary.mae,
    'ndcg@10': summary['ndcg@10'] ?? null,
    'recall@20': summary['recall@20'] ?? null,
  };
}
