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
import { placeNewItems } from './place-new-items.ts';
import { trainItemWeights, type TrainedWeights } from './train-item-weights.ts';

/** What a version ranks by. */
export interface TrainedRanking extends ModelArrays {
  readonly objective: Objective;
  readonly blend?: TrainedWeights;
}

/** What of a ranking is served, see `chooseBlend`. */
export interface RankingChoice {
  /** How much item weights count beside the factors; 0: they are not trained. */
  readonly share: number;
  /** Items that few have watched stand where their genres and decade put them. */
  readonly placesNewItems: boolean;
}

export const factorsAlone: RankingChoice = { share: 0, placesNewItems: false };

/**
 * Learns from the rows of the snapshot whose numbers are given: implicit ALS, priors by demographic group, and item weights where their share is above 0.
 */
export async function trainRanking(
  snapshot: Snapshot,
  rowNumbers: Int32Array,
  settings: TrainingSettings,
  control: TrainingControl = {},
  { share, placesNewItems }: RankingChoice = factorsAlone,
): Promise<TrainedRanking> {
  const { factors, sweeps, seed } = settings;
  const size = { users: snapshot.rows.userIds.length, items: snapshot.catalogue.length };
  const interactions = buildInteractions(weighted(snapshot, rowNumbers, settings), size);
  const objective = objectiveFor(interactions, settings);
  const { itemFactors } = await factorsOf(interactions, { factors, sweeps, objective, seed }, control);
  const blend = await trainItemWeights(interactions, settings.itemWeights, share, control);
  const groups = groupOfPlace(snapshot);
  return {
    catalogueSize: size.items,
    factors,
    groups: demographicGroups,
    itemFactors: placesNewItems ? placeNewItems(itemFactors, snapshot, rowNumbers) : itemFactors,
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
