import {
  biasesOnly,
  chooseFactorShare,
  createRatingEstimator,
  defaultRatingSettings,
  fitBiases,
  packBiases,
  packServedRatings,
  planTraining,
  runsBothChains,
  servedChain,
  servedFrom,
  unpackServedRatings,
  type ChainSettings,
  type ServedRatings,
} from '@reelay/recommender';
import type { Snapshot } from '../snapshot/open-snapshot.ts';
import { ratedUsers } from './rated-users.ts';
import { itemFeatures, ratedRows, ratingColumns, type RatingColumns } from './rating-columns.ts';
import { isWorthThreads, runChains } from './run-chains.ts';
import { splitNewest } from './split-newest.ts';
import { trainBeside } from './train-beside.ts';
import { shareData } from './train-ratings-in-threads.ts';

export interface ServedRatingsControl {
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rating model of a version, from the ratings among these rows: a chain without the newest of them says how far factors are trusted, a chain on all of
 * them is served; with two threads and the memory for it both run at once. Undefined where nobody rated; the biases alone where there are few ratings, all are
 * equal, or factors foretell the newest no better.
 * The same rows and seed give the same numbers, whatever the number of threads.
 */
export async function trainServedRatings(
  snapshot: Snapshot,
  rowNumbers: Int32Array,
  control: ServedRatingsControl,
): Promise<ServedRatings | undefined> {
  const rated = ratedRows(snapshot, rowNumbers);
  if (rated.length === 0) return undefined;
  const columns = ratingColumns(snapshot, rated);
  const scale = scaleOf(columns.rating);
  const floor = biasesOnly(columns.items, meanOf(columns.rating), scale);
  const sizes = { users: columns.users, items: columns.items, ratings: rated.length };
  const chain = servedChain(sizes);
  if (chain === undefined || scale.min === scale.max) return asStored(floor);
  const task: ChainTask = { ...control, snapshot, chain, scale };
  const atOnce = isWorthThreads(rated.length) && runsBothChains(sizes, chain.factors, control.threads ?? 1);
  const chooseShare = (own: ChainTask): Promise<number> => shareOnNewest(rowNumbers, rated, own);
  const factors = await (atOnce ? factorsBeside : factorsAfter)(chooseShare, columns, task);
  return asStored(factors ?? floor);
}

type ChooseShare = (task: ChainTask) => Promise<number>;

/** Undefined where the share is 0: then there is nothing to train. */
async function factorsAfter(choose: ChooseShare, columns: RatingColumns, task: ChainTask) {
  const factorShare = await choose(task);
  return factorShare === 0 ? undefined : { ...(await factorsOf(columns, task)), factorShare };
}

/** The same numbers in about half the time, on two threads. */
async function factorsBeside(choose: ChooseShare, columns: RatingColumns, task: ChainTask) {
  const both = await trainBeside(
    (signal) => choose({ ...task, signal }),
    (signal) => factorsOf(columns, { ...task, signal }),
    task.signal,
  );
  return both && { ...both.trained, factorShare: both.worth };
}

interface ChainTask extends ServedRatingsControl {
  readonly snapshot: Snapshot;
  readonly chain: ChainSettings;
  readonly scale: ServedRatings['scale'];
}

async function shareOnNewest(rowNumbers: Int32Array, rated: Int32Array, task: ChainTask): Promise<number> {
  const { older, newest } = splitNewest(task.snapshot, rated);
  const known = ratingColumns(task.snapshot, older);
  const biases = packBiases(fitBiases(known));
  const factorsAlone = createRatingEstimator(biases, await factorsOf(known, task));
  const held = new Set(newest);
  const rest = rowNumbers.filter((row) => !held.has(row));
  return chooseFactorShare(factorsAlone, ratedUsers(task.snapshot, rest, newest));
}

async function factorsOf(columns: RatingColumns, task: ChainTask): Promise<ServedRatings> {
  const { snapshot, chain, scale, seed, threads, signal } = task;
  const data = shareData({ ...columns, scale, itemFeatures: itemFeatures(snapshot.catalogue) });
  const plan = planTraining(data, { ...servedSettings, chains: [chain], seed });
  const [{ mean }] = await runChains(plan, { threads, signal });
  return servedFrom(mean!, { mean: meanOf(columns.rating), scale, factorShare: 1 });
}

const servedSettings = { ...defaultRatingSettings, burnIn: 0.2, validationShare: 0, keepMean: true };

/** As it will be read: float32 throughout, so that what is measured is what is served. */
const asStored = (ratings: ServedRatings): ServedRatings =>
  unpackServedRatings(packServedRatings(ratings), ratings.items);

const meanOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const scaleOf = (values: Float32Array): ServedRatings['scale'] => ({
  min: values.reduce((least, value) => Math.min(least, value)),
  max: values.reduce((most, value) => Math.max(most, value)),
});
