/**
 * What a user did with one item. Merging is a join: `minutes` is the largest, `rating` the newest (at the same second
 * the larger), `time` the latest; so the order of arrival and repetitions make no difference.
 */
export interface HistoryEntry {
  itemId: number;
  /** Largest minute seen, plus one (minutes watched); 0 when only rated. */
  minutes: number;
  /** 0 when not rated. */
  rating: number;
  /** Log time of that rating, seconds since 1970; 0 when not rated. */
  ratedAt: number;
  /** Log time of the last event, seconds since 1970. */
  time: number;
}

/** One entry to merge into the history of a user. */
export interface HistoryEvent extends HistoryEntry {
  userId: number;
}

/**
 * `cold`: nothing is known. `lost`: the store was emptied and is being rebuilt, so nothing can be said.
 * `version` counts the changes of this history; 0 when cold. Entries are newest first (time, then item id, descending).
 */
export interface UserHistory {
  userId: number;
  state: 'known' | 'cold' | 'lost';
  version: number;
  entries: HistoryEntry[];
}

/** How many items of a user are kept (all are left out as seen) and how many of the newest are folded in. */
export const historyMax = 500;
export const foldInMax = 100;
