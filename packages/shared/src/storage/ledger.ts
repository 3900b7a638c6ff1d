import type { Plan, QuarantineReason } from '../contracts/index.ts';
import type { EvidenceLedger } from './evidence-ledger.ts';
import type { JobLedger } from './job-ledger.ts';
import type { NoticeLedger } from './notice-ledger.ts';
import type { ReceiptLedger } from './receipt-ledger.ts';
import type {
  CsvFile,
  DetailKind,
  IngestWindow,
  InteractionRow,
  LineCounts,
  MovieRow,
  QuarantineRow,
  RatingRow,
  StreamProgress,
  UserRow,
  VersionRow,
  VersionState,
  WindowRows,
} from './rows.ts';
import type { TruthLedger } from './truth-ledger.ts';
import type { UpkeepLedger } from './upkeep-ledger.ts';

/** `fenced`: somebody else owns the partition or moved it; nothing was written. */
export type CommitResult = { outcome: 'committed'; counts: LineCounts } | { outcome: 'fenced' };

/**
 * Called inside the transaction with the rows that are really new, in the order of the window; what it
 * returns (the files' new committed lengths) is committed with them. It must have made the bytes durable.
 * When it throws, nothing is written. After a deadlock it is called again within the same `commitWindow`, perhaps with fewer
 * rows: so it must write from the last *committed* length on, never append to what stands in the file. It must not call the
 * ledger, which waits for it.
 */
export type AppendCsv = (rows: WindowRows) => Promise<CsvFile[]>;

/** Where ingest keeps its rows and its progress. */
export interface IngestLedger {
  /** Makes this caller the owner of the partition: `ownerEpoch` rises, older owners are fenced from now on. */
  claim(topic: string, partition: number): Promise<StreamProgress>;
  /** The topic was made anew: incarnation rises, `nextOffset` becomes 0. Throws `FENCED` for an old owner. */
  beginIncarnation(streamId: number, ownerEpoch: number): Promise<StreamProgress>;
  /**
   * Rows and progress in one transaction, by compare-and-set on (owner epoch, incarnation, next offset). Rows that repeat an
   * identity count as `repeated`. `DATA_INVALID`, and nothing written, when the window's figures do not add up. After any
   * other error the outcome is unknown: read `progress` and `csvFiles` again before going on.
   */
  commitWindow(window: IngestWindow, appendCsv: AppendCsv): Promise<CommitResult>;
  /**
   * Dictionary integers of text ids, from 1 on without a gap; unknown ones are given the next. Same id, same integer, for ever.
   * An id has 1 to 200 characters and does not end in a space, else `DATA_INVALID`.
   */
  itemIds(ids: string[]): Promise<Map<string, number>>;
  progress(topic?: string): Promise<StreamProgress[]>;
  csvFiles(): Promise<CsvFile[]>;
}

/** What came of the log, for the other services. Scans are ordered and read in bounded pages. */
export interface ReadingLedger {
  /** From sums kept beside the progress: as cheap with millions of rows as with none. */
  counts(): Promise<{ lines: LineCounts; ratings: number; watches: number }>;
  /** Every item with its text id and details, by item id. The title is the id while details are unknown. */
  items(): Promise<{ itemId: number; movie: MovieRow }[]>;
  users(onPage: (rows: UserRow[]) => void | Promise<void>): Promise<void>;
  /** Newest rating (at the same second the larger) and distinct minutes by (user, item), ordered by user then item. */
  interactions(
    onPage: (rows: InteractionRow[]) => void | Promise<void>,
    options?: { userIds?: number[] },
  ): Promise<void>;
  /** Every rating row, ordered by user, item, time, rating: the newest of a (user, item) comes last. */
  ratings(onPage: (rows: RatingRow[]) => void | Promise<void>): Promise<void>;
  /** The last positions of each stream that are in quarantine, highest offset first; re-driven lines are not. */
  quarantined(limit: number, reason?: QuarantineReason): Promise<(QuarantineRow & { streamId: number })[]>;
}

/** Rows of every kind as verification wants them: kind by kind, each in the order of its identity. */
export interface VerifyLedger {
  /**
   * All rows of all kinds, re-driven quarantine included, for the comparison with CSV. Meant for tests and `verify`; reads in pages.
   * `fromDay`: those stored on that day or later, without segments of days whose segments were dropped.
   */
  allRows(onRows: (rows: WindowRows) => void | Promise<void>, options?: { fromDay?: number }): Promise<void>;
}

export interface DetailsLedger {
  upsertUsers(rows: UserRow[]): Promise<void>;
  /** Also gives new movies their dictionary integers. */
  upsertMovies(rows: MovieRow[]): Promise<void>;
}

/**
 * Memory of the crawl that asks an API for details of all users and movies, so that a restart goes on where it stood. Ids are
 * texts: a user's number in decimal digits without leading zeros, a movie's text id. Times are milliseconds since 1970.
 */
export interface CrawlLedger {
  /** Of several callers one holds the crawl of a kind, until `until` or for as long as it asks again; the others get false. */
  holdCrawl(kind: DetailKind, holder: string, now: number, until: number): Promise<boolean>;
  /** The next number that the crawl has not done: user ids, and integers of the dictionary for movies. 1 in the beginning. */
  crawlPosition(kind: DetailKind): Promise<number>;
  /** False, and nothing changed, when `holder` does not hold the crawl any more or the position is beyond `next`. */
  moveCrawl(kind: DetailKind, holder: string, next: number): Promise<boolean>;
  /** Those of `ids` that have no details and were not marked as unknown since `askedSince`; distinct, in their order. */
  missingDetails(kind: DetailKind, ids: string[], askedSince: number): Promise<string[]>;
  /** The API does not know them; a later mark takes the place of an earlier one. */
  markUnknown(kind: DetailKind, ids: string[], askedAt: number): Promise<void>;
  /** Entries of the dictionary from this integer on, in order, at most `limit`. */
  itemsFrom(itemId: number, limit: number): Promise<{ itemId: number; id: string }[]>;
}

/** Model versions and the plan. The release-manager alone changes the plan. */
export interface ReleaseLedger {
  /** The next number, reserved for ever. */
  nextVersionNumber(): Promise<number>;
  /** `VERSION_EXISTS` when its number or id is taken. */
  addVersion(row: VersionRow): Promise<void>;
  versions(): Promise<VersionRow[]>;
  /** `NOT_FOUND` for an unknown id. */
  setVersionState(id: string, state: VersionState, reason: string): Promise<void>;
  plan(): Promise<Plan>;
  /** Compare-and-set: false when the stored epoch is not `expectedEpoch`. The new plan's epoch must be one higher. */
  changePlan(expectedEpoch: number, next: Plan): Promise<boolean>;
  /** The last plans, newest first, the present one included; `release` in each tells who made it, when and why. */
  planHistory(limit: number): Promise<Plan[]>;
}

/**
 * SQL, the memory of the whole. `openLedger` brings the schema up to date first (forward only; a newer schema than this code
 * knows is `SCHEMA_TOO_NEW`). `LEDGER_DOWN` when the server is away; every statement is bounded in time.
 */
export interface Ledger
  extends
    IngestLedger,
    ReadingLedger,
    VerifyLedger,
    DetailsLedger,
    CrawlLedger,
    ReleaseLedger,
    NoticeLedger,
    TruthLedger,
    EvidenceLedger,
    ReceiptLedger,
    UpkeepLedger,
    JobLedger {
  isUp(): Promise<boolean>;
  close(): Promise<void>;
}
