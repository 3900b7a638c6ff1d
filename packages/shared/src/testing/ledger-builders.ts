import type {
  AccountRow,
  AppendCsv,
  IngestWindow,
  InteractionRow,
  Ledger,
  QuarantineRow,
  RatingRow,
  RecommendationRow,
  SegmentRow,
  StreamProgress,
  WindowRows,
} from '../storage/index.ts';

/** 2024-05-01T00:00:00Z, epoch seconds. */
export const aTime = 1_714_521_600;

export const aRating = (change: Partial<RatingRow> = {}): RatingRow => ({
  userId: 1,
  itemId: 1,
  time: aTime,
  rating: 4,
  ...change,
});

/** Watching from `firstMinute` to `lastMinute`, one line a minute. */
export function aSegment(change: Partial<SegmentRow> = {}): SegmentRow {
  const { firstMinute = 0, lastMinute = 4 } = change;
  return {
    firstOffset: 0,
    userId: 1,
    itemId: 1,
    firstMinute,
    lastMinute,
    firstTime: aTime,
    lastTime: aTime + (lastMinute - firstMinute) * 60,
    lines: lastMinute - firstMinute + 1,
    ...change,
  };
}

export const aRecommendation = (change: Partial<RecommendationRow> = {}): RecommendationRow => ({
  time: aTime,
  millisecond: 123,
  userId: 1,
  lineHash: '0123456789abcdef',
  status: 200,
  latencyMs: 31,
  result: 'the+matrix+1999,heat+1995',
  ...change,
});

export const anAccount = (change: Partial<AccountRow> = {}): AccountRow => ({
  time: aTime,
  userId: 1,
  lineHash: 'fedcba9876543210',
  ...change,
});

export const aQuarantine = (change: Partial<QuarantineRow> = {}): QuarantineRow => ({
  offset: 0,
  reason: 'FORM',
  line: 'no line at all',
  ...change,
});

export const someRows = (rows: Partial<WindowRows> = {}): WindowRows => ({
  ratings: [],
  segments: [],
  recommendations: [],
  accounts: [],
  quarantine: [],
  ...rows,
});

/** A window of these rows that continues `progress`, its figures as they must be unless `change` says otherwise. */
export function aWindow(
  progress: StreamProgress,
  given: Partial<WindowRows> = {},
  change: Partial<IngestWindow> = {},
): IngestWindow {
  const rows = someRows(given);
  const watchLines = rows.segments.reduce((sum, { lines }) => sum + lines, 0);
  const single = [rows.ratings, rows.recommendations, rows.accounts, rows.quarantine];
  const received = single.reduce((sum, { length }) => sum + length, watchLines);
  return {
    streamId: progress.streamId,
    incarnation: progress.incarnation,
    ownerEpoch: progress.ownerEpoch,
    expectedOffset: progress.nextOffset,
    nextOffset: progress.nextOffset + received,
    lastLineHash: 'a'.repeat(64),
    received,
    watchLines,
    rows,
    ...change,
  };
}

/** For tests that keep no CSV. */
export const noCsv: AppendCsv = async () => [];

/** Every row of the ledger, by kind. */
export async function allRowsOf(ledger: Ledger): Promise<WindowRows> {
  const all = someRows();
  await ledger.allRows((page) => {
    all.ratings.push(...page.ratings);
    all.segments.push(...page.segments);
    all.recommendations.push(...page.recommendations);
    all.accounts.push(...page.accounts);
    all.quarantine.push(...page.quarantine);
  });
  return all;
}

export async function interactionsIn(ledger: Ledger, userIds?: number[]): Promise<InteractionRow[]> {
  const all: InteractionRow[] = [];
  await ledger.interactions((rows) => void all.push(...rows), { userIds });
  return all;
}
