import { defaultBiasLambda } from '../rating-biases.ts';
import { createRandomStream } from './random-stream.ts';
import type { ChainInput } from './chain-plan.ts';
import { fitBiasColumns, type BiasModel } from './fit-bias-columns.ts';
import { bestFactorShare } from './mix-with-biases.ts';
import { assertRatingData, type RatingData, type RatingPairs } from './rating-data.ts';
import { packRatings } from './rating-matrix.ts';
import { openRatingModel, type RatingModel } from './rating-model.ts';
import { assertRatingSettings, type ChainSettings, type RatingSettings } from './rating-settings.ts';
import type { ChainJob, ChainResult } from './run-chain.ts';

/** A chain to run: on the ratings without the slice, or on all of them. Only numbers in arrays, so it can be sent to a thread. */
export interface RatingTask {
  readonly part: 'slice' | 'all';
  readonly job: ChainJob;
}

/** Tasks depend on nothing but the data, so any thread may run any of them, in any order. */
export interface TrainingPlan {
  readonly data: RatingData;
  readonly settings: RatingSettings;
  /** Rows that the share of the biases is chosen on, ascending. */
  readonly sliceRows: Int32Array;
  readonly tasks: readonly RatingTask[];
}

/** Sweeps and factors of the chain that only says how far factors are to be trusted. */
const sliceChain = { factors: 7, sweeps: 60 };

/** At most so many ratings are set aside: their mean error is known well enough. */
const sliceRowsMax = 50_000;

/** And so many if that is not more than a fifth of all. */
const sliceRowsLeast = 1_000;

/** Throws `DATA_INVALID` for data or settings that cannot be trained on. */
export function planTraining(data: RatingData, settings: RatingSettings): TrainingPlan {
  assertRatingData(data);
  assertRatingSettings(settings);
  const sliceRows = data.validationRows
    ? Int32Array.from(new Set(data.validationRows)).sort()
    : drawSlice(data, settings);
  const jobOf = (chain: number, { factors, sweeps }: { factors: number; sweeps: number }): ChainJob => ({
    factors,
    sweeps,
    burnIn: Math.floor(sweeps * settings.burnIn),
    samplesKept: samplesOf(data, settings, { factors, sweeps }),
    seed: settings.seed,
    chain,
    bytesMax: settings.chainBytesMax,
    ...(settings.keepMean && { keepMean: true }),
  });
  const chains = settings.chains.map((chain, at): RatingTask => ({ part: 'all', job: jobOf(at, chain) }));
  const slice: RatingTask = { part: 'slice', job: { ...jobOf(-1, sliceChain), samplesKept: 1 } };
  // The short one last: the long ones begin at once.
  return { data, settings, sliceRows, tasks: sliceRows.length > 0 ? [...chains, slice] : chains };
}

/** How many samples of a chain fit: vectors of users and items, and of the items as features of users. */
function samplesOf({ users, items }: RatingData, settings: RatingSettings, { factors, sweeps }: ChainSettings): number {
  const bytes = 4 * (factors + 1) * (users + 2 * items);
  const fit = Math.floor(settings.sampleBytesMax / settings.chains.length / bytes);
  return Math.max(1, Math.min(settings.samplesKept, fit, sweeps - Math.floor(sweeps * settings.burnIn)));
}

function drawSlice({ rating }: RatingData, { validationShare, seed }: RatingSettings): Int32Array {
  if (validationShare === 0) return new Int32Array(0);
  // A share that is chosen on fewer ratings follows their noise.
  const enough = Math.min(0.2, sliceRowsLeast / rating.length);
  const share = Math.max(enough, Math.min(validationShare, sliceRowsMax / rating.length));
  const random = createRandomStream(seed, 77);
  return Int32Array.from(rating.keys().filter(() => random.uniform() < share));
}

/** What the chains of a part see. */
export function inputOf(
  { data, settings, sliceRows }: Omit<TrainingPlan, 'tasks'>,
  part: RatingTask['part'],
): ChainInput {
  const { users, items } = data;
  return {
    users,
    items,
    ratings: part === 'slice' ? takeRows(data, rowsBut(data.rating.length, sliceRows)) : data,
    scale: data.scale,
    userGroups: data.userFeatures ?? [],
    itemGroups: data.itemFeatures ?? [],
    implicitGroups: settings.implicitGroups,
    noiseOfEach: settings.noiseOfEach,
    asked: part === 'slice' ? takeRows(data, sliceRows) : (data.asked ?? nobody),
  };
}

const nobody: RatingPairs = { user: new Int32Array(0), item: new Int32Array(0) };

const takeRows = ({ user, item, rating }: RatingData, rows: Int32Array) => ({
  user: rows.map((row) => user[row]),
  item: rows.map((row) => item[row]),
  rating: Float32Array.from(rows, (row) => rating[row]),
});

function rowsBut(count: number, without: Int32Array): Int32Array {
  const left = new Uint8Array(count).fill(1);
  for (const row of without) left[row] = 0;
  return Int32Array.from({ length: count }, (_, row) => row).filter((row) => left[row] === 1);
}

/** The model from the results of all tasks, in their order. */
export function finishTraining(plan: TrainingPlan, results: readonly ChainResult[]): RatingModel {
  const { data, settings, tasks } = plan;
  const { users, items, scale } = data;
  const biases = fitBiasColumns(packRatings(data, data), defaultBiasLambda);
  const chains = results.filter((_, at) => tasks[at].part === 'all');
  const slice = results.find((_, at) => tasks[at].part === 'slice');
  const asked = data.asked ?? nobody;
  return openRatingModel({
    users,
    items,
    scale,
    biases,
    biasLambda: defaultBiasLambda,
    factorShare: slice ? shareOf(plan, slice) : 1,
    samples: chains.flatMap(({ samples }) => samples),
    groups: {
      implicit: settings.implicitGroups,
      sizes: (data.userFeatures ?? []).map(({ size }) => size),
    },
    asked,
    askedByFactors: Float64Array.from(asked.user, (_, at) =>
      chains.reduce((sum, chain) => sum + chain.asked[at] / chains.length, 0),
    ),
  });
}

function shareOf(plan: TrainingPlan, slice: ChainResult): number {
  const { data, sliceRows } = plan;
  const rest = packRatings(data, takeRows(data, rowsBut(data.rating.length, sliceRows)));
  const biases: BiasModel = fitBiasColumns(rest, defaultBiasLambda);
  const { user, item, rating } = takeRows(data, sliceRows);
  const byBiases = Float64Array.from(user, (value, at) =>
    Math.min(
      data.scale.max,
      Math.max(data.scale.min, biases.mean + biases.userBias[value] + biases.itemBias[item[at]]),
    ),
  );
  return bestFactorShare(slice.asked, byBiases, rating);
}
