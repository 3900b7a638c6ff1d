import type { HistoryEvent, UserHistory } from '../contracts/index.ts';

export interface HistoryVersion {
  state: UserHistory['state'];
  version: number;
}

/**
 * Last events of each user, at most `historyMax` items, the newest. Merging is idempotent and independent of order
 * (see `HistoryEntry`); each event that changes something raises the version of the user's history by one, however events are
 * cut into calls; no change leaves it.
 * An event older than everything kept of a full history changes nothing, even if its item is kept: so a replay never
 * does. Which items are kept, and their times, is independent of order even beyond `historyMax`; minutes and rating of
 * an item that fell out and came back count from its return.
 *
 * A store that was emptied is `lost` until `markComplete`: readers must not take emptiness for a cold user. While lost, `wanted`
 * collects users that somebody asked for (by `read` or `version`), to be rebuilt first. A fresh store is lost, too.
 * A lost history has version 0 and no entries, whatever was merged meanwhile; `markRebuilt` shows it.
 */
export interface Histories {
  isUp(): boolean;
  merge(events: HistoryEvent[]): Promise<void>;
  /** One trip for all of them, in the order asked. */
  read(userIds: number[]): Promise<UserHistory[]>;
  version(userId: number): Promise<HistoryVersion>;
  isComplete(): Promise<boolean>;
  markComplete(): Promise<void>;
  /** Says that all there is to know of these users was merged: they are known or cold again, even while the store is lost. */
  markRebuilt(userIds: number[]): Promise<void>;
  /** Takes up to `limit` users that were asked for while the store was lost. */
  takeWanted(limit: number): Promise<number[]>;
  close(): Promise<void>;
}

/** Most users that wait for a rebuild; when there are more, they come with the rest. */
export const wantedMax = 10_000;
