import {
  fairnessGaps,
  groupFigures,
  listSpread,
  maeFigure,
  ndcgFigure,
  recallFigure,
  rmseFigure,
  summarise,
  userGroups,
  type FairnessGap,
  type GroupFigure,
  type ListSpread,
  type MeanCandidateRecall,
  type ServedChoice,
  type Summary,
  type Trial,
} from '@reelay/recommender';
import type { DataDetails } from '../importing/read-data-details.ts';
import type { Searched } from './search-within.ts';
import { modelNames, type Evaluation, type ModelName } from './evaluate-data.ts';

export interface ModelReport {
  summary: Summary;
  spread: ListSpread;
  /** NDCG@10, recall@20, RMSE and MAE of all users and by group, with 95 % intervals over users. */
  groups: GroupFigure[];
  gaps: FairnessGap[];
}

/** Everything that an evaluation says, for programs; the page shows the same. */
export interface EvaluationReport {
  data: { users: number; items: number; trainRows: number; testRows: number };
  /** How the test rows lie to the others; null where there were too few to tell. */
  split: string | null;
  /** Test rows from this rating on are relevant; null: all. */
  relevantFrom: number | null;
  models: Record<ModelName, ModelReport>;
  /** How much of each model is served, chosen on a part of the training rows. */
  choice: Pick<ServedChoice, 'lists' | 'ratings' | 'cold'>;
  /** Share of the relevant items among the best of each part of the served lists, and of all together; null where there is no such user. */
  candidates: MeanCandidateRecall<string> | null;
  trials: readonly Trial[];
  /** Settings that were tried on the same part, in their order, and the best; null without a search. */
  search: Searched | null;
  seconds: number;
}

export interface ReportNames {
  details: DataDetails;
  userIds: readonly string[];
  itemIds: readonly string[];
  seed: number;
  search?: Searched | undefined;
}

export function reportOf(evaluation: Evaluation, names: ReportNames): EvaluationReport {
  const { train, test, relevantFrom, splitKind, choice, candidates, seconds } = evaluation;
  const genresOf = names.itemIds.map((id) => new Set(names.details.items.get(id)?.genres));
  const reports = modelNames.map((name) => [name, modelReport(evaluation, name, names, genresOf)] as const);
  return {
    data: { users: train.users, items: train.items, trainRows: train.rating.length, testRows: test.rating.length },
    split: splitKind ?? null,
    relevantFrom: relevantFrom ?? null,
    models: Object.fromEntries(reports) as Record<ModelName, ModelReport>,
    choice: { lists: choice.lists, ratings: choice.ratings, cold: choice.cold },
    candidates: candidates ?? null,
    trials: choice.trials,
    search: names.search ?? null,
    seconds,
  };
}

function modelReport(
  { outcomes: all, train, test }: Evaluation,
  name: ModelName,
  { details, userIds, seed }: ReportNames,
  genresOf: readonly ReadonlySet<string>[],
): ModelReport {
  const outcomes = all[name];
  const groups = userGroups(outcomes.map(({ user }) => details.users.get(userIds[user])));
  const figures = [ndcgFigure(10), recallFigure(20), rmseFigure, maeFigure].map((figure) => groupFigures(outcomes, groups, figure, { seed })); // prettier-ignore
  return {
    summary: summarise(outcomes),
    spread: listSpread(outcomes, { train, test }, 10, genresOf),
    groups: figures.flat(),
    gaps: figures.flatMap((own) => fairnessGaps(own, ['rmse', 'mae'].includes(own[0]?.figure) ? 'smaller' : 'larger')),
  };
}
