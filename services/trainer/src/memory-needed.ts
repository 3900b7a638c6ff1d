import { AppError } from '@reelay/shared/runtime';
import { easeBytes, runsBothChains, servedChain, servedChainBytes } from '@reelay/recommender';
import type { DataSummary } from './quality/data-summary.ts';
import type { TrainingSettings } from './settings.ts';

/** Program, kernels, one page of rows and one part of a snapshot, and what the collector has not taken back yet. */
const baseBytes = 330e6;
/** Of each thread that helps: an isolate and its kernels. */
const threadBytes = 60e6;

/**
 * What a training holds at its peak, from above: columns of the snapshot (24 bytes a row), hold-out (12), both sides of the matrix, once for this
 * thread and once shared (32), and their making; ratings as rows; factors twice; a chain of the rating model, or two at once; priors and catalogue; of item weights their training
 * and once more the matrix of their items, from both sides, and its making. `bench/measure-training-memory.ts`
 * lays it beside what a process really takes.
 */
export function memoryNeeded(
  data: DataSummary,
  { factors, itemWeights }: Pick<TrainingSettings, 'factors' | 'itemWeights'>,
  threads: number,
): number {
  const rows = 100 * data.interactions + 60 * data.ratings;
  const sides = 8 * factors * (data.users + data.catalogue) + 100 * data.users;
  const items = 700 * data.catalogue;
  const helpers = threads > 1 ? threads * threadBytes : 0;
  return Math.round(
    baseBytes + rows + sides + items + helpers + weightsBytes(data, itemWeights, threads) + ratingBytes(data, threads),
  );
}

function ratingBytes({ ratings, users, catalogue }: DataSummary, threads: number): number {
  const sizes = { ratings, users: Math.min(users, ratings), items: catalogue };
  const chain = servedChain(sizes);
  if (chain === undefined) return 0;
  return servedChainBytes(sizes, chain.factors) * (runsBothChains(sizes, chain.factors, threads) ? 2 : 1);
}

function weightsBytes(data: DataSummary, { share, ...ease }: TrainingSettings['itemWeights'], threads: number): number {
  if (ease.itemsMax === 0 || share === 0) return 0;
  const { training, serving } = easeBytes(data.catalogue, ease, threads);
  return training + 2 * serving + 50 * data.interactions;
}

/** Throws `TRAINING_TOO_LARGE` with what it would take. */
export function assertFits(bytes: number, { interactions }: DataSummary, megabytesMax: number): void {
  const megabytes = Math.ceil(bytes / 2 ** 20);
  if (megabytes <= megabytesMax) return;
  throw new AppError(
    'TRAINING_TOO_LARGE',
    `${interactions} interactions need about ${megabytes} MiB to train on, TRAINING_MB_MAX allows ${megabytesMax}: raise it, or set TRAIN_WINDOW_DAYS`,
  );
}
