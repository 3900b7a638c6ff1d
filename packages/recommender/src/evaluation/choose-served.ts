import { RecommenderError } from '../recommender-error.ts';
import { standardise } from '../scores.ts';
import { biasOnlyModel, popularityModel } from './baseline-models.ts';
import { evaluateModel } from './evaluate-model.ts';
import { cutTo, scaleOf, type EvaluatedModel, type ModelMaker } from './evaluated-model.ts';
import { ratingErrors } from './rating-errors.ts';
import { rowsByUser, type RatingTable } from './rating-table.ts';
import { summarise } from './summarise.ts';
import type { ValidationSplit } from './validation-split.ts';

/** What was tried on the validation slice, and what came of it. */
export interface Trial {
  readonly part: 'rating' | 'ranking';
  readonly name: string;
  readonly settings: Readonly<Record<string, number | string>>;
  /** RMSE (smaller is better) or NDCG@10 (larger is better) on the validation slice. */
  readonly figure: number;
  readonly seconds?: number;
}

export interface ServedChoice {
  /** λ of the biases. */
  readonly biasLambda: number;
  /** Share of the rating model in a prediction; the rest is that of the biases. */
  readonly ratingWeight: number;
  /** Share of the ranking model's z-scores in a list; the rest is that of popularity. */
  readonly rankingWeight: number;
}

export interface ServedMakers {
  readonly rating?: ModelMaker | undefined;
  readonly ranking?: ModelMaker | undefined;
  readonly relevantFrom?: number | undefined;
  readonly onTrial?: (trial: Trial) => void;
}

const lambdas = [2, 5, 10, 25] as const;
const weights = [0, 0.25, 0.5, 0.75, 1] as const;

/**
 * Chooses on a validation slice of the training rows how much of each model is served beside its floor: biases for ratings, popularity for
 * lists. Where a model does not beat its floor there, its weight becomes 0, so that on sparse or later data it does no harm.
 */
export async function chooseServed(slice: ValidationSplit, makers: ServedMakers): Promise<ServedChoice> {
  const { train, test } = slice;
  const tell = makers.onTrial ?? (() => {});
  const rmseOf = (predicted: ArrayLike<number>) => ratingErrors(predicted, test.rating).rmse;
  const biases = lambdas.map((lambda) => ({ lambda, of: predict(biasOnlyModel(train, lambda), test) }));
  for (const { lambda, of } of biases)
    tell({ part: 'rating', name: 'bias-only', settings: { lambda }, figure: rmseOf(of) });
  const bias = biases.reduce((best, one) => (rmseOf(one.of) < rmseOf(best.of) ? one : best));
  const ratingWeight = await chooseRatingWeight(slice, makers, bias.of, tell);
  return { biasLambda: bias.lambda, ratingWeight, rankingWeight: await chooseRankingWeight(slice, makers, tell) };
}

async function chooseRatingWeight(
  { train, test }: ValidationSplit,
  { rating }: ServedMakers,
  bias: ArrayLike<number>,
  tell: (trial: Trial) => void,
): Promise<number> {
  if (rating === undefined) return 0;
  const started = performance.now();
  const personal = predict(await rating.make(train, 'trial'), test);
  const seconds = (performance.now() - started) / 1_000;
  return bestOf(weights, -1, (weight) => {
    const mixed = Float64Array.from(test.rating, (_, row) => weight * personal[row] + (1 - weight) * bias[row]);
    const figure = ratingErrors(mixed, test.rating).rmse;
    tell({ part: 'rating', name: rating.name, settings: { weight }, figure, seconds });
    return figure;
  });
}

async function chooseRankingWeight(
  { train, test }: ValidationSplit,
  { ranking, relevantFrom }: ServedMakers,
  tell: (trial: Trial) => void,
): Promise<number> {
  if (ranking === undefined) return 0;
  const started = performance.now();
  const personal = await ranking.make(train, 'trial');
  const seconds = (performance.now() - started) / 1_000;
  const figures = new Map<number, number>();
  for (const weight of weights) {
    const mixed = mixLists(personal, train, weight);
    const outcomes = await evaluateModel(mixed, { train, test, relevantFrom }, { ks: [10] });
    const figure = summarise(outcomes)['ndcg@10'] ?? 0;
    tell({ part: 'ranking', name: ranking.name, settings: { weight }, figure, seconds });
    figures.set(weight, figure);
  }
  return bestOf(weights, 1, (weight) => figures.get(weight)!);
}

/** Learns from the whole table what was chosen. */
export async function makeServed(
  table: RatingTable,
  choice: ServedChoice,
  { rating, ranking }: ServedMakers,
): Promise<EvaluatedModel> {
  const bias = biasOnlyModel(table, choice.biasLambda);
  const personal = choice.ratingWeight > 0 ? await rating?.make(table, 'final') : undefined;
  const lists = choice.rankingWeight > 0 ? await ranking?.make(table, 'final') : undefined;
  const scale = scaleOf(table);
  const weight = personal === undefined ? 0 : choice.ratingWeight;
  return {
    name: 'served',
    predictMany(users, items) {
      const floor = bias.predictMany!(users, items);
      const own = personal?.predictMany?.(users, items) ?? floor;
      return Float64Array.from(users, (_, at) => cutTo(weight * own[at] + (1 - weight) * floor[at], scale));
    },
    scoresOf: lists === undefined ? popularityModel(table).scoresOf! : mixLists(lists, table, choice.rankingWeight).scoresOf!, // prettier-ignore
  };
}

/** `weight`·z(model) + (1 − `weight`)·z(popularity); who has no row in the table gets popularity alone. */
function mixLists(model: EvaluatedModel, table: RatingTable, weight: number): EvaluatedModel {
  const popular = Float64Array.from(popularityModel(table).scoresOf!(0));
  standardise(popular);
  const { start } = rowsByUser(table);
  const mixed = new Float64Array(table.items);
  return {
    name: model.name,
    scoresOf(user) {
      if (start[user] === start[user + 1] || weight === 0) return popular;
      mixed.set(model.scoresOf!(user));
      standardise(mixed);
      if (weight < 1) for (let at = 0; at < mixed.length; at += 1) mixed[at] = weight * mixed[at] + (1 - weight) * popular[at]; // prettier-ignore
      return mixed;
    },
  };
}

function predict(model: EvaluatedModel, { user, item }: RatingTable): ArrayLike<number> {
  if (model.predictMany === undefined) throw new RecommenderError('DATA_INVALID', `${model.name} predicts no ratings`);
  return model.predictMany(user, item);
}

/** The value with the best figure (`sign` 1: largest, −1: smallest); of equal ones the first. */
const bestOf = (values: readonly number[], sign: 1 | -1, figureOf: (value: number) => number): number =>
  values
    .map((value) => ({ value, figure: sign * figureOf(value) }))
    .reduce((best, one) => (one.figure > best.figure ? one : best)).value;
