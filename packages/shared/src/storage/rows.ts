import type { QuarantineReason } from '../contracts/index.ts';

/** Rows as they stand in SQL and in CSV. Times are epoch seconds; items are dictionary integers. */
export interface RatingRow {
  userId: number;
  itemId: number;
  time: number;
  rating: number;
}

/**
 * Lines of one user and one movie, gathered between two flushes: a run of minutes without a gap. Identity = (stream,
 * incarnation, first offset). `lines` counts lines, so a minute sent twice counts twice there and once in the run.
 */
export interface SegmentRow {
  firstOffset: number;
  userId: number;
  itemId: number;
  firstMinute: number;
  lastMinute: number;
  firstTime: number;
  lastTime: number;
  lines: number;
}

/** The simulator's own record of a request. Identity = (time, user, hash of the line). */
export interface RecommendationRow {
  time: number;
  millisecond: number;
  userId: number;
  /** First 16 hex digits of the SHA-256 of the line. */
  lineHash: string;
  status: number;
  latencyMs: number;
  /** Movie ids joined by `,`; the failure's text when status is not 200. */
  result: string;
}

export interface AccountRow {
  time: number;
  userId: number;
  lineHash: string;
}

/** A refused line, where it stood, and why. Identity = position. */
export interface QuarantineRow {
  offset: number;
  reason: QuarantineReason;
  /** Capped at 1,000 bytes; bytes that are no UTF-8 are replaced. */
  line: string;
}

export interface WindowRows {
  ratings: RatingRow[];
  segments: SegmentRow[];
  recommendations: RecommendationRow[];
  accounts: AccountRow[];
  quarantine: QuarantineRow[];
}

/** Kinds of rows, and so of tables and CSV files. */
export const rowKinds = ['ratings', 'segments', 'recommendations', 'accounts', 'quarantine'] as const;
export type RowKind = (typeof rowKinds)[number];

/** `received = accepted + repeated + quarantined`, always. */
export interface LineCounts {
  received: number;
  accepted: number;
  repeated: number;
  quarantined: number;
}

/** A partition and its reader. `ownerEpoch` rises with each claim: whoever holds an older one is a zombie. */
export interface StreamProgress {
  streamId: number;
  topic: string;
  partition: number;
  /** Rises when the topic was made anew under the same name. */
  incarnation: number;
  ownerEpoch: number;
  nextOffset: number;
  /** Hash of the line at `nextOffset - 1`; null before the first. */
  lastLineHash: string | null;
  counts: LineCounts;
}

/** All that one flush writes, and the progress that it moves. */
export interface IngestWindow {
  streamId: number;
  incarnation: number;
  ownerEpoch: number;
  /** UTC day since 1970 of the commit, and of the CSV files that it writes; 0 when absent. */
  storedDay?: number;
  /** The stored `nextOffset` that this window continues. */
  expectedOffset: number;
  nextOffset: number;
  lastLineHash: string | null;
  /** Lines in this window; accepted and repeated follow from what the rows find in the tables. */
  received: number;
  /** Watch lines in `rows.segments`. */
  watchLines: number;
  rows: WindowRows;
}

/** A CSV file and how much of it is committed; bytes beyond belong to nobody. */
export interface CsvFile {
  path: string;
  streamId: number;
  ownerEpoch: number;
  kind: RowKind;
  /** UTC day since 1970 on which its rows were stored; 0: before files had days. */
  storedDay: number;
  committedBytes: number;
  committedRows: number;
}

export interface UserRow {
  userId: number;
  age: number | null;
  gender: string | null;
  occupation: string | null;
}

export interface MovieRow {
  /** Text id. */
  id: string;
  title: string;
  year: number | null;
  genres: string[];
  /** Minutes; null when unknown. */
  runtime: number | null;
  /** Age from which it is suitable, in years; absent when it is not rated. */
  minAge?: number | undefined;
}

/** What the course's API tells about. */
export type DetailKind = 'user' | 'movie';

/** All watching of one item by one user: distinct minutes over all segments, and the newest rating (0: none). */
export interface InteractionRow {
  userId: number;
  itemId: number;
  minutes: number;
  /** Largest minute plus one, as histories keep it: where a line in between was refused, it exceeds `minutes`. */
  reached: number;
  rating: number;
  ratedAt: number;
  lastTime: number;
}

export type VersionState = 'candidate' | 'refused' | 'released' | 'withdrawn';

export interface VersionRow {
  number: number;
  id: string;
  state: VersionState;
  /** Why it was refused or withdrawn; what the gate found otherwise. */
  reason: string;
  /** JSON of the manifest. */
  manifest: string;
  createdAt: number;
}
