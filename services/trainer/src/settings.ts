import { defaultObjective, type Objective } from '@reelay/recommender';
import { dirname, join, resolve } from 'node:path';
import type { TrainerConfig } from './config.ts';
import type { ItemWeightsSettings } from './ranking/train-item-weights.ts';

/** Everything that shapes a model besides the data: the same data and settings give the same bytes. */
export interface TrainingSettings {
  seed: number;
  factors: number;
  sweeps: number;
  objective: Objective;
  /** `chosen`: the size of the data gives it, see `chooseRegularisation`; `given`: that of the objective is taken. */
  regularisation: 'chosen' | 'given';
  itemWeights: ItemWeightsSettings;
  /** k of the demographic priors: as many users of the wider group are added to each group. */
  groupShrinkage: number;
  /** Ranking is measured on at most so many users, evenly spaced over all. */
  evaluationUsersMax: number;
  minimum: DataMinimum;
}

/** Below any of these there is nothing to learn from. */
export interface DataMinimum {
  users: number;
  items: number;
  interactions: number;
}

export const trainingSettings = (config: TrainerConfig): TrainingSettings => ({
  seed: config.SEED,
  factors: config.FACTORS,
  sweeps: config.SWEEPS,
  objective: {
    ...defaultObjective,
    alpha0: config.ALPHA0,
    regularisation: config.REGULARISATION ?? defaultObjective.regularisation,
    minutesWeight: config.MINUTES_WEIGHT,
    ratingWeight: config.RATING_WEIGHT,
    confidenceMax: config.CONFIDENCE_MAX,
    handOver: config.HAND_OVER,
  },
  regularisation: config.REGULARISATION === undefined ? 'chosen' : 'given',
  itemWeights: {
    itemsMax: config.ITEM_WEIGHTS_ITEMS,
    weightsKept: config.ITEM_WEIGHTS_KEPT,
    ridge: config.ITEM_WEIGHTS_RIDGE,
    dropout: config.ITEM_WEIGHTS_DROPOUT,
    userDamping: config.ITEM_WEIGHTS_DAMPING,
    share: config.ITEM_WEIGHTS_SHARE ?? 'chosen',
  },
  groupShrinkage: config.GROUP_SHRINKAGE,
  evaluationUsersMax: config.EVALUATION_USERS_MAX,
  minimum: { users: config.MIN_USERS, items: config.MIN_ITEMS, interactions: config.MIN_INTERACTIONS },
});

/** Where snapshots and checkpoints stand: named by a setting, else beside the folder of artifacts. */
export function trainingFolders(config: TrainerConfig): { snapshots: string; checkpoints: string } {
  const { ARTIFACTS_URL: url } = config;
  const home = url.startsWith('file:') ? dirname(resolve(url.slice('file:'.length))) : '.reelay';
  return {
    snapshots: config.SNAPSHOTS_DIR ?? join(home, 'snapshots'),
    checkpoints: config.CHECKPOINTS_DIR ?? join(home, 'checkpoints'),
  };
}
