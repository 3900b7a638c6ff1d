import { biasOnlyModel, popularityModel } from './baseline-models.ts';
import { cutTo, scaleOf, type EvaluatedModel, type ModelMaker } from './evaluated-model.ts';
import { ratingErrors } from './rating-errors.ts';
import type { RatingTable } from './rating-table.ts';
import { isBetter, meanOf } from './is-better.ts';
import type { Trial } from './trial.ts';
import type { ValidationSplit } from './validation-split.ts';

/** How much of each part a predicted rating is; `model` + `biases` + the mean of all make 1. */
export interface RatingShares {
  readonly model: number;
  readonly biases: number;
  /** λ of the biases. */
  readonly lambda: number;
}

export interface RatingChoice {
  readonly shares: RatingShares;
  readonly trials: readonly Trial[];
}

const lambdas = [2, 5, 10, 25, 100] as const;
const tenths = Array.from({ length: 11 }, (_, tenth) => tenth / 10);

/**
 * Chooses on a validation slice of the training rows how much of the rating model, of the biases and of the mean is served. What does not beat the better
 * floor by more than chance is not served: where rows are few or later ones differ, nothing shall be worse than its floors.
 */
export async function chooseRatings(
  { train, test }: ValidationSplit,
  rating: ModelMaker | undefined,
): Promise<RatingChoice> {
  const started = performance.now();
  const asked = { user: test.user, item: test.item };
  const factors = await rating?.make(train, { purpose: 'trial', asked });
  const seconds = (performance.now() - started) / 1_000;
  const rmseOf = (shares: RatingShares) =>
    ratingErrors(mixRatings(train, factors, shares).predictMany!(test.user, test.item), test.rating).rmse;
  const trials: Trial[] = [];
  const tryOut = (shares: RatingShares, name: string, took: number): number => {
    const value = rmseOf(shares);
    trials.push({ name, settings: { ...shares }, figure: 'rmse', value, seconds: took });
    return value;
  };
  const lambda = leastBy(lambdas, (one) => tryOut({ model: 0, biases: 1, lambda: one }, 'biases', 0));
  const predicted = partsOf(train, factors, lambda, asked);
  const candidates = tenths.flatMap((model) =>
    (factors || model === 0 ? tenths : [])
      .filter((biases) => model + biases <= 1 + 1e-9)
      .map((biases) => ({ model, biases, lambda })),
  );
  const squaresOf = (shares: RatingShares): Float64Array =>
    mixParts(predicted, shares, scaleOf(train)).map((value, at) => (value - test.rating[at]) ** 2);
  const floors = [{ model: 0, biases: 0, lambda }, { model: 0, biases: 1, lambda }]; // prettier-ignore
  const floor = leastBy(floors, (one) => meanOf(squaresOf(one)));
  const mixed = leastBy(candidates, (one) => meanOf(squaresOf(one)));
  const shares = isBetter(squaresOf(floor), squaresOf(mixed)) ? mixed : floor;
  tryOut(shares, rating?.name ?? 'biases', seconds);
  return { shares, trials };
}

/** Share by share: the model, the biases, the mean; cut to the scale of the table. */
export function mixRatings(
  table: RatingTable,
  model: EvaluatedModel | undefined,
  shares: RatingShares,
): EvaluatedModel {
  const scale = scaleOf(table);
  return {
    name: 'ratings',
    predictMany: (user, item) => mixParts(partsOf(table, model, shares.lambda, { user, item }), shares, scale),
  };
}

interface Parts {
  readonly model: ArrayLike<number>;
  readonly biases: ArrayLike<number>;
  readonly mean: ArrayLike<number>;
}

function partsOf(
  table: RatingTable,
  model: EvaluatedModel | undefined,
  lambda: number,
  { user, item }: { readonly user: Int32Array; readonly item: Int32Array },
): Parts {
  const biases = biasOnlyModel(table, lambda).predictMany!(user, item);
  const mean = popularityModel(table).predictMany!(user, item);
  return { model: model?.predictMany?.(user, item) ?? biases, biases, mean };
}

const mixParts = (
  { model, biases, mean }: Parts,
  shares: RatingShares,
  scale: readonly [number, number],
): Float64Array =>
  Float64Array.from(mean, (value, at) =>
    cutTo(shares.model * model[at] + shares.biases * biases[at] + (1 - shares.model - shares.biases) * value, scale),
  );

/** Of equal ones the last: those that trust the model more. */
const leastBy = <T>(values: readonly T[], figureOf: (value: T) => number): T =>
  values
    .map((value) => ({ value, figure: figureOf(value) }))
    .reduce((best, one) => (one.figure <= best.figure ? one : best)).value;
