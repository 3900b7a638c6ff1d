import {
  biasOnlyModel,
  chooseServed,
  evaluateModel,
  floorsAlone,
  listCandidates,
  makeServed,
  popularityModel,
  RecommenderError,
  splitForValidation,
  takeRows,
  type EvaluatedModel,
  type MeanCandidateRecall,
  type RatingSplit,
  type RatingTable,
  type ServedChoice,
  type ServedMakers,
  type SplitKind,
  type UserOutcome,
  type ValidationSplit,
} from '@reelay/recommender';

export interface EvaluatedData {
  table: RatingTable;
  split: RatingSplit;
  relevantFrom?: number | undefined;
  seed: number;
}

export const modelNames = ['served', 'bias-only', 'popularity'] as const;
export type ModelName = (typeof modelNames)[number];

/** What came of the three models, user by user, and how the served one was chosen. */
export interface Evaluation {
  outcomes: Record<ModelName, UserOutcome[]>;
  train: RatingTable;
  test: RatingTable;
  relevantFrom: number | undefined;
  splitKind: SplitKind | undefined;
  choice: ServedChoice;
  /** Of the served lists; undefined where nobody with a training row wants anything. */
  candidates: MeanCandidateRecall<string> | undefined;
  seconds: number;
}

/** Trains on the training rows alone, chooses what is served on a slice of them, and only then looks at the test rows. */
export async function evaluateData(
  { table, split, relevantFrom, seed }: EvaluatedData,
  makers: ServedMakers,
  onStep: (step: string, done: number) => void = () => {},
): Promise<Evaluation> {
  const started = performance.now();
  const train = takeRows(table, split.train);
  const test = takeRows(table, split.test);
  const slice = sliceOf(table, split, seed);
  onStep('choosing', 0);
  const choice = slice ? await chooseServed(slice, makers, relevantFrom) : floorsAlone;
  const served = await makeServed(train, choice, makers, { user: test.user, item: test.item });
  const evaluate = (model: EvaluatedModel) =>
    evaluateModel(model, { train, test, relevantFrom }, { onProgress: (done, of) => onStep('evaluating', done / of) });
  const outcomes = {
    served: await evaluate(served),
    'bias-only': await evaluate(biasOnlyModel(train)),
    popularity: await evaluate(popularityModel(train)),
  };
  const candidates = listCandidates(served.parts ?? [], {
    train,
    test,
    ...(relevantFrom !== undefined && { relevantFrom }),
  });
  const seconds = (performance.now() - started) / 1_000;
  return { outcomes, train, test, relevantFrom, splitKind: slice?.kind, choice, candidates, seconds };
}

/** Nothing where the training rows are too few to be cut again. */
function sliceOf(table: RatingTable, split: RatingSplit, seed: number): ValidationSplit | undefined {
  try {
    return splitForValidation(table, split, { seed });
  } catch (error) {
    if (error instanceof RecommenderError) return undefined;
    throw error;
  }
}
