import type { QuarantineReason } from '../contracts/index.ts';
import type { AppendCsv, CommitResult } from './ledger.ts';
import type { QuarantineRow, WindowRows } from './rows.ts';

/** A refused line with its whole position. */
export interface QuarantinedLine extends QuarantineRow {
  streamId: number;
  incarnation: number;
}

/** Refused lines of one stream that are accepted now, and the rows that they become. */
export interface Redrive {
  streamId: number;
  incarnation: number;
  /** UTC day since 1970 of the CSV files that `appendCsv` writes. */
  storedDay: number;
  /** Epoch seconds. */
  redrivenAt: number;
  /** Positions of the lines. */
  offsets: number[];
  /** Watch lines in `rows.segments`. */
  watchLines: number;
  /** Without quarantine. */
  rows: WindowRows;
}

/** All watching of one item by one user that was stored on one day. */
export interface ViewingRow {
  userId: number;
  itemId: number;
  /** UTC day since 1970. */
  day: number;
  /** Distinct minutes. */
  minutes: number;
  /** Epoch seconds of the first and the last line. */
  firstTime: number;
  lastTime: number;
  lines: number;
  /** Runs of minutes without a gap, as `0-24,30-31`. */
  runs: string;
}

/** Segments of one stored day, and what they were rolled up into. */
export interface SegmentDay {
  day: number;
  segments: number;
  lines: number;
  /** Null: not rolled up, or segments were stored since. */
  viewings: number | null;
  /** The segments are gone; viewings alone tell of this day. */
  dropped: boolean;
}

/** What keeps the tables small and in order after the rows were written. */
export interface UpkeepLedger {
  /** Lines in quarantine by reason; re-driven ones are not. */
  quarantineCounts(): Promise<{ reason: QuarantineReason; lines: number }[]>;
  /** Lines in quarantine, stream by stream in the order of their position, in pages of one stream and incarnation. */
  openQuarantine(
    onPage: (lines: QuarantinedLine[]) => void | Promise<void>,
    options?: { reason?: QuarantineReason },
  ): Promise<void>;
  /**
   * In one transaction: the rows (those whose identity is known count as repeated), the marks, and the counts moved from quarantined.
   * `fenced`, and nothing written, when one of the lines is not in quarantine (any more). Numbers of re-drives: `nextRedrive`.
   */
  redrive(redrive: Redrive, appendCsv: AppendCsv): Promise<CommitResult>;
  /** A number for the CSV files of a re-drive, reserved for ever. */
  nextRedrive(): Promise<number>;
  /** Days with segments, oldest first. */
  segmentDays(): Promise<SegmentDay[]>;
  /** Makes the viewings of a day from its segments; the same again as often as it is called. `NOT_FOUND` when there are none (any more). */
  rollUpDay(day: number): Promise<SegmentDay>;
  viewings(onPage: (rows: ViewingRow[]) => void | Promise<void>): Promise<void>;
  /** Removes the segments of a day whose roll-up is current, else `DATA_INVALID`. `interactions` goes on to count their minutes. */
  dropSegments(day: number): Promise<void>;
  /** Forgets the CSV files of earlier days; returns their paths. From then on `csvFromDay` is `day`. */
  dropCsvBefore(day: number): Promise<string[]>;
  /** First day whose CSV files are kept. */
  csvFromDay(): Promise<number>;
}
