import type { Answer, FallbackRung, Plan, RecommendedItem, RecommendResponse } from '@reelay/shared/contracts';
import type { LastLists } from './last-lists.ts';
import type { ReadyLists } from './load-ready-lists.ts';

export interface LadderDeps {
  lastLists: LastLists;
  ready: { readonly plan: Plan; readonly lists: ReadyLists | null };
}

/** Where a list came from, for its receipt: an answer of a worker, or the ready list of a demographic group (0: everybody). */
export type ListOrigin = { answer: Answer } | { group: number };

/** A list of the ladder, without the request's own fields. */
export type FallbackList = Pick<RecommendResponse, 'modelVersion' | 'history' | 'items'> & {
  rung: FallbackRung;
  origin: ListOrigin;
};

/**
 * From the user's own to everybody's: the last list (unless its version is withdrawn), the demographic group's, the popular one. All in memory,
 * so it takes microseconds. Null before there is any list: an empty answer would look fine to whoever checks the status alone.
 */
export function fallbackList(userId: number, { lastLists, ready }: LadderDeps): FallbackList | null {
  const last = lastLists.of(userId);
  if (last && !ready.plan.withdrawn.includes(last.modelVersion)) {
    const { modelVersion, history, items } = last;
    return { rung: 'last', modelVersion, history, items, origin: { answer: last } };
  }
  const { lists } = ready;
  if (lists === null) return null;
  const group = lists.groupOfUser[userId] ?? 0;
  const ids = group === 0 ? undefined : lists.groups[group];
  if (ids !== undefined && ids.length > 0) return readyList('demographic', ids, lists.version, group);
  return readyList('popular', lists.popular, lists.version, 0);
}

const readyList = (rung: FallbackRung, ids: string[], modelVersion: string | null, group: number): FallbackList => ({
  rung,
  modelVersion,
  history: null,
  items: ids.map(unscored),
  origin: { group },
});

/** Ready lists have an order but no scores. */
const unscored = (id: string): RecommendedItem => ({ id, score: 0 });
