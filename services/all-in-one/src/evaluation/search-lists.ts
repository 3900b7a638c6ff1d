import {
  chooseLists,
  searchSettings,
  type SearchSpace,
  type SearchTrial,
  type ValidationSplit,
} from '@reelay/recommender';
import { listMaker } from './list-maker.ts';
import { defaultListSettings, type ListSettings } from './list-settings.ts';

/** What `--search` draws from. */
export const listSpace: SearchSpace<ListSettings> = {
  factors: [32, 64, 128],
  sweeps: [6, 10],
  alpha0: [0.05, 0.1, 0.2, 0.4, 0.8],
  regularisation: [0.003, 0.01, 0.03],
  ridge: [20, 50, 100, 300, 1_000],
  userDamping: [0, 0.3, 0.5],
  nextRidge: [20, 50, 150],
  nextHalfLife: [2, 3, 5, 10],
};

export interface ListSearch {
  seed: number;
  threads: number;
  budgetSeconds: number;
  relevantFrom?: number | undefined;
  onTrial?: (trial: SearchTrial<ListSettings>) => void;
}

/** Searches settings of the lists on a validation slice of the training rows, by NDCG@10 with the best shares. */
export const searchLists = (slice: ValidationSplit, { relevantFrom, seed, threads, ...search }: ListSearch) =>
  searchSettings({
    ...search,
    seed,
    first: defaultListSettings,
    space: listSpace,
    now: () => performance.now(),
    // Fewer factors and sweeps order settings much as all of them do.
    async tryOut(settings, effort) {
      const lists = { ...settings, factors: Math.max(8, Math.round(settings.factors * effort)), sweeps: Math.max(3, Math.round(settings.sweeps * effort)) }; // prettier-ignore
      return (await chooseLists(slice, listMaker({ seed, threads, lists }), relevantFrom)).figure;
    },
  });
