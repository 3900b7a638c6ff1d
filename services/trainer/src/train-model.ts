import {
  buildInteractions,
  confidenceOf,
  demographicGroups,
  fitBiases,
  groupPriors,
  packBiases,
  planAls,
  type AlsFactors,
  type AlsSettings,
  type InteractionRow,
  type Interactions,
  type ModelArrays,
  type Objective,
  type RatingRow,
  type ServedRatings,
} from '@reelay/recommender';
import type { Checkpoint } from './checkpoints/checkpoint-store.ts';
import { chooseRegularisation } from './choose-regularisation.ts';
import { trainServedRatings } from './rating/train-served-ratings.ts';
import type { TrainingSettings } from './settings.ts';
import type { Snapshot } from './snapshot/open-snapshot.ts';
import { createSolverHere, runSweeps, type SweepControl } from './run-sweeps.ts';
import { trainInThreads } from './train-in-threads.ts';

/** The numbers of a version; `biases` are all 0 where nobody rated. */
export interface TrainedModel extends ModelArrays {
  readonly objective: Objective;
  readonly biases: Float64Array;
  /** What ratings are foretold from beyond biases; absent where nobody rated, and in models of earlier programs. */
  readonly ratings?: ServedRatings | undefined;
}

export interface TrainingControl extends Omit<SweepControl, 'from' | 'onSweep'> {
  /** More than one: the sweeps of larger data are shared out among so many threads; this changes no bit of the model. */
  readonly threads?: number;
  /** Where sweeps are kept, and from where a training that was cut off goes on. */
  readonly checkpoints?: StageCheckpoints;
}

/** Checkpoints of one stage of a training. */
export interface StageCheckpoints {
  latest(length: number): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
}

/** Learns from the rows of the snapshot whose numbers are given: implicit ALS, priors by demographic group, biases of ratings. */
export async function trainModel(
  snapshot: Snapshot,
  rowNumbers: Int32Array,
  settings: TrainingSettings,
  control: TrainingControl = {},
): Promise<TrainedModel> {
  const { factors, sweeps, seed } = settings;
  const size = { users: snapshot.rows.userIds.length, items: snapshot.catalogue.length };
  const interactions = buildInteractions(weighted(snapshot, rowNumbers, settings), size);
  const objective = objectiveFor(interactions, settings);
  const { itemFactors } = await factorsOf(interactions, { factors, sweeps, objective, seed }, control);
  const groups = groupOfPlace(snapshot);
  return {
    catalogueSize: size.items,
    factors,
    groups: demographicGroups,
    itemFactors,
    priors: groupPriors(interactions, groups, demographicGroups, settings.groupShrinkage),
    biases: biasesOf(ratingsOf(snapshot, rowNumbers), size),
    objective,
    ratings: await trainServedRatings(snapshot, rowNumbers, { seed, threads: control.threads, signal: control.signal }),
  };
}

/** Below, threads take longer to start than they save. */
const threadsFromInteractions = 300_000;

async function factorsOf(
  interactions: Interactions,
  als: AlsSettings,
  { threads = 1, checkpoints, ...control }: TrainingControl,
): Promise<AlsFactors> {
  const from = await checkpoints?.latest(interactions.items * als.factors);
  const sweeps = { ...control, from, onSweep: checkpoints && ((reached: Checkpoint) => checkpoints.save(reached)) };
  if (threads > 1 && interactions.item.length >= threadsFromInteractions)
    return trainInThreads(interactions, als, { threads, ...sweeps });
  const plan = planAls(interactions, als);
  return runSweeps(plan, createSolverHere(plan, control.signal), sweeps);
}

/** Ratings among these rows, each user and item once: the newest. */
export function ratingsOf({ rows }: Snapshot, rowNumbers: Int32Array): RatingRow[] {
  const ratings: RatingRow[] = [];
  for (const row of rowNumbers) {
    if (rows.rating[row] > 0) ratings.push({ user: rows.user[row], item: rows.item[row], rating: rows.rating[row] });
  }
  return ratings;
}

function objectiveFor(interactions: Interactions, { objective, regularisation }: TrainingSettings): Objective {
  if (regularisation === 'given') return objective;
  return { ...objective, regularisation: chooseRegularisation(interactions, objective) };
}

function* weighted({ rows }: Snapshot, rowNumbers: Int32Array, settings: TrainingSettings): Generator<InteractionRow> {
  for (const row of rowNumbers) {
    const confidence = confidenceOf({ minutes: rows.minutes[row], rating: rows.rating[row] }, settings.objective);
    // Nothing watched and nothing rated is no interaction.
    if (confidence > 0) yield { user: rows.user[row], item: rows.item[row], confidence };
  }
}

/** Group at the place of the user, from the group at the place of the user id. */
export const groupOfPlace = ({ rows, groupOfUserId }: Snapshot): Uint8Array =>
  Uint8Array.from(rows.userIds, (userId) => groupOfUserId[userId] ?? 0);

const biasesOf = (ratings: RatingRow[], size: { users: number; items: number }): Float64Array =>
  ratings.length === 0 ? new Float64Array(size.items + 1) : packBiases(fitBiases(ratings, size));
