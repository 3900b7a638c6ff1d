import {
  isSuitable,
  type Answer,
  type FallbackRung,
  type Plan,
  type RecommendedItem,
  type RecommendResponse,
} from '@reelay/shared/contracts';
import type { LastLists } from './last-lists.ts';
import type { ReadyLists } from './load-ready-lists.ts';
import type { Wishes } from './read-wishes.ts';

export interface LadderDeps {
  lastLists: LastLists;
  ready: { readonly plan: Plan; readonly lists: ReadyLists | null };
}

/**
 * Where a list came from, for its receipt: an answer of a worker, or the ready list of a demographic group (0: everybody); `picked` where a part
 * of such a list was taken, so that it has to be written out.
 */
export type ListOrigin = { answer: Answer } | { group: number } | { picked: true };

/** A list of the ladder, without the request's own fields. */
export type FallbackList = Pick<RecommendResponse, 'modelVersion' | 'history' | 'items'> & {
  rung: FallbackRung;
  origin: ListOrigin;
};

/**
 * From the user's own to everybody's: the last list (unless its version is withdrawn), the demographic group's, the popular one. All in memory,
 * so it takes microseconds. A rung of which the caller's rules leave nothing is passed over. Null before there is any list: an empty answer
 * would look fine to whoever checks the status alone.
 */
export function fallbackList(userId: number, wishes: Wishes, deps: LadderDeps): FallbackList | null {
  let found = false;
  for (const rung of rungsFor(userId, deps)) {
    found = true;
    const list = wishes.rules === undefined ? shortened(rung, wishes) : picked(rung, wishes, deps.ready.lists);
    if (list.items.length > 0) return list;
  }
  if (!found) return null;
  return { rung: 'empty', modelVersion: null, history: null, items: [], origin: { picked: true } };
}

/** One after the other, as they are needed: in an overload nearly every request ends here. */
function* rungsFor(userId: number, { lastLists, ready: { plan, lists } }: LadderDeps): Generator<FallbackList> {
  const last = lastLists.of(userId);
  if (last && !plan.withdrawn.includes(last.modelVersion)) {
    const { modelVersion, history, items } = last;
    yield { rung: 'last', modelVersion, history, items, origin: { answer: last } };
  }
  if (lists === null) return;
  const group = lists.groupOfUser[userId] ?? 0;
  const ofGroup = group === 0 ? [] : (lists.groups[group] ?? []);
  if (ofGroup.length > 0) yield readyList('demographic', ofGroup, lists.version, group);
  yield readyList('popular', lists.popular, lists.version, 0);
}

const shortened = (list: FallbackList, { count }: Wishes): FallbackList =>
  list.items.length <= count ? list : { ...list, items: list.items.slice(0, count) };

/** What the rules leave of a list. What was seen is not known here. */
function picked(list: FallbackList, { count, rules }: Wishes, lists: ReadyLists | null): FallbackList {
  const { offset = 0, exclude = [], genres = [], maxAge } = rules ?? {};
  const excluded = new Set(exclude);
  const wanted = new Set(genres.map((name) => name.toLowerCase()));
  const hasGenre = (id: string): boolean => lists?.genres.get(id)?.some((name) => wanted.has(name)) ?? false;
  const isYoungEnough = (id: string): boolean => maxAge === undefined || isSuitable(lists?.minAges.get(id), maxAge);
  const left = list.items.filter(
    ({ id }) => !excluded.has(id) && (wanted.size === 0 || hasGenre(id)) && isYoungEnough(id),
  );
  return { ...list, items: left.slice(offset, offset + count), origin: { picked: true } };
}

const readyList = (
  rung: FallbackRung,
  items: RecommendedItem[],
  modelVersion: string | null,
  group: number,
): FallbackList => ({ rung, modelVersion, history: null, items, origin: { group } });
