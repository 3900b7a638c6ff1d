import {
  buildInteractions,
  confidenceOf,
  demographicGroups,
  groupPriors,
  planAls,
  type AlsFactors,
  type AlsSettings,
  type InteractionRow,
  type Interactions,
  type ModelArrays,
  type Objective,
} from '@reelay/recommender';
import type { Checkpoint } from '../checkpoints/checkpoint-store.ts';
import { chooseRegularisation } from '../choose-regularisation.ts';
import { createSolverHere, runSweeps } from '../run-sweeps.ts';
import type { TrainingSettings } from '../settings.ts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';
import { trainInThreads } from '../train-in-threads.ts';
import type { TrainingControl } from '../training-control.ts';
import { trainItemWeights, type TrainedWeights } from './train-item-weights.ts';

/** What a version ranks by. */
export interface TrainedRanking extends ModelArrays {
  readonly objective: Objective;
  readonly blend?: TrainedWeights;
}

/**
 * Learns from the rows of the snapshot whose numbers are given: implicit ALS, priors by demographic group, and item weights where their share is above 0.
 */
export async function trainRanking(
  snapshot: Snapshot,
  rowNumbers: Int32Array,
  settings: TrainingSettings,
  control: TrainingControl = {},
  weightsShare = 0,
): Promise<TrainedRanking> {
  const { factors, sweeps, seed } = settings;
  const size = { users: snapshot.rows.userIds.length, items: snapshot.catalogue.length };
  const interactions = buildInteractions(weighted(snapshot, rowNumbers, settings), size);
  const objective = objectiveFor(interactions, settings);
  const { itemFactors } = await factorsOf(interactions, { factors, sweeps, objective, seed }, control);
  const blend = await trainItemWeights(interactions, settings.itemWeights, weightsShare, control);
  const groups = groupOfPlace(snapshot);
  return {
    catalogueSize: size.items,
    factors,
    groups: demographicGroups,
    itemFactors,
    priors: groupPriors(interactions, groups, demographicGroups, settings.groupShrinkage),
    objective,
    ...(blend && { blend }),
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
