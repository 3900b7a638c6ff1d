import type { FallbackReason, Outcome, Track } from '../contracts/index.ts';

/** A receipt, as far as a verdict asks for it. */
export interface SeenReceipt {
  userId: number;
  /** Milliseconds since 1970, of the gateway's clock. */
  timeMs: number;
  track: Track;
  outcome: Outcome;
  reason: FallbackReason | null;
  workMs: number | null;
  /** Null for a list of no version. */
  modelVersion: string | null;
}

/** A list that the log says was shown, and what its user did with it within the window. */
export interface SeenList {
  userId: number;
  track: Track;
  /** Something of it was watched. */
  watched: boolean;
  /** Ratings of what was on it; `foretold` is null where no model said what to expect. */
  ratings: { rating: number; foretold: number | null }[];
}

/** A page of a walk that goes on at `readTo`, which belongs to what was read. */
export interface EvidencePage<Row> {
  rows: Row[];
  readTo: number;
}

export interface ListWindow {
  /** Seconds of log time: after this one, up to and with that one. */
  after: number;
  until: number;
  /** Seconds of log time after a list in which what the user does counts. */
  windowSeconds: number;
  /** Lists of earlier answers are left out. Milliseconds since 1970, of the gateway's clock. */
  sinceMs: number;
  limit: number;
}

/**
 * What a canary is judged by, read as it comes: every walk is bounded, ends where it is told to, and goes on from its last place. Pages may be
 * larger than `limit` by what shares the last millisecond, or second.
 */
export interface EvidenceLedger {
  newestReceiptMs(): Promise<number | null>;
  /** Answers after `afterMs`, up to and with `untilMs`. */
  receiptsAfter(range: { afterMs: number; untilMs: number; limit: number }): Promise<EvidencePage<SeenReceipt>>;
  /**
   * A second of the log before the first line of an answer given at `sinceMs` or later. The log's clock may be any: lines and receipts meet by user
   * and list, from the newest line back to a page without any.
   */
  logTimeOf(sinceMs: number): Promise<number>;
  /** Time of the newest line of an answer; a few lines with wild times in the future do not count. Null without lines. */
  newestLogTime(): Promise<number | null>;
  /**
   * Lists with a receipt. A list counts as watched when its user began to watch something of it within the window, whatever other lists had
   * the movie; `TruthLedger.outcomes` counts each minute once.
   */
  listsAfter(window: ListWindow): Promise<EvidencePage<SeenList>>;
}
