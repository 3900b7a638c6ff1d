import type { HistoryEvent, UserHistory } from '../contracts/index.ts';

export interface HistoryVersion {
  state: UserHistory['state'];
  version: number;
}

/**
 * Last events of each user, at most `historyMax` items, the newest. Merging is idempotent and independent of order
 * (see `HistoryEntry`); a change raises the version of the user's history by one per changed item, no change leaves it.
 * An event older than everything kept of a full history changes nothing.
 *
 * A store that was emptied is `lost` until `markComplete`: readers must not take emptiness for a cold user. While lost, `wanted`
 * collects users that somebody asked for (by `read` or `version`), to be rebuilt first. A fresh store is lost, too.
 */
export interface Histories {
  isUp(): boolean;
  merge(events: HistoryEvent[]): Promise<void>;
  /** One trip for all of them, in the order asked. */
  read(userIds: number[]): Promise<UserHistory[]>;
  version(userId: number): Promise<HistoryVersion>;
  isComplete(): Promise<boolean>;
  markComplete(): Promise<void>;
  /** Takes up to `limit` users that were asked for while the store was lost. */
  takeWanted(limit: number): Promise<number[]>;
  close(): Promise<void>;
}
