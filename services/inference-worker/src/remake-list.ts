import type { HistoryEntry, ListRules, ReceiptBody, UserHistory } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { LoadedModel } from './load-model.ts';
import { recommendForUsers, type ListQuestion, type MadeList } from './recommend-for-user.ts';

/**
 * The list of a receipt, made once more by the very steps that made it: from the receipt's own history, seen items, rules and seed, whatever
 * the user has done since. `loaded` is the version that made it. Throws `DATA_INVALID` for a receipt that is not of this version.
 */
export function remakeList(loaded: LoadedModel, userId: number, body: ReceiptBody): MadeList {
  const [list] = recommendForUsers(loaded, [questionOf(loaded, userId, body)]);
  return list;
}

function questionOf(loaded: LoadedModel, userId: number, body: ReceiptBody): ListQuestion {
  const kept = body.list.form === 'indices' ? body.list.items.length : 0;
  return {
    history: historyOf(loaded, userId, body),
    count: Math.max(1, body.rules?.count ?? kept),
    ...(body.rules && { rules: rulesOf(loaded, body.rules) }),
    ...(body.explorationShare !== undefined && { explore: { share: body.explorationShare, seed: body.seed } }),
  };
}

/** What was folded in comes first, as the newest, and then what was only left out. */
function historyOf(loaded: LoadedModel, userId: number, { history, seen }: ReceiptBody): UserHistory {
  const entryOf = (index: number, minutes: number, rating: number): HistoryEntry => ({
    itemId: entryAt(loaded, index).itemId,
    minutes,
    rating,
    ratedAt: 0,
    time: 0,
  });
  const entries = [
    ...history.map(({ index, minutes, rating }) => entryOf(index, minutes, rating)),
    ...seen.map((index) => entryOf(index, 0, 0)),
  ];
  return { userId, state: entries.length === 0 ? 'cold' : 'known', version: 0, entries };
}

function rulesOf(loaded: LoadedModel, { exclude, ...rules }: NonNullable<ReceiptBody['rules']>): ListRules {
  return { ...rules, exclude: exclude.map((index) => entryAt(loaded, index).id) };
}

function entryAt({ catalogue, version }: LoadedModel, index: number) {
  const entry = catalogue[index];
  if (entry === undefined)
    throw new AppError('DATA_INVALID', `the receipt names item ${index}, version ${version} has ${catalogue.length}`);
  return entry;
}
