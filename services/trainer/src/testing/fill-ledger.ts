import type { IngestWindow, Ledger, SegmentRow, RatingRow } from '@reelay/shared/storage';
import type { SnapshotSource } from '../snapshot/take-snapshot.ts';
import type { TasteData } from './taste-data.ts';

const noLines = { received: 0, accepted: 0, repeated: 0, quarantined: 0 };
const unused = () => Promise.reject(new Error('training does not read this'));

/** The same data as a ledger gives it, for tests of single steps; `pageRows` rows a page. */
export function readingLedgerOf({ users, movies, interactions }: TasteData, pageRows = 997): SnapshotSource {
  return {
    counts: async () => ({
      lines: noLines,
      ratings: interactions.filter(({ rating }) => rating > 0).length,
      watches: 0,
    }),
    progress: async () => [],
    ratings: unused,
    quarantined: unused,
    items: async () => movies.map((movie, at) => ({ itemId: at + 1, movie })),
    users: async (onPage) => onPage(users),
    interactions: async (onPage) => {
      for (let at = 0; at < interactions.length; at += pageRows) await onPage(interactions.slice(at, at + pageRows));
    },
  };
}

/** Puts the data into an empty ledger the way ingest does: details, then one window. */
export async function fillLedger(ledger: Ledger, data: TasteData): Promise<void> {
  await ledger.upsertMovies(data.movies);
  await ledger.upsertUsers(data.users);
  const itemIds = await ledger.itemIds(data.movies.map(({ id }) => id));
  const { streamId, incarnation, ownerEpoch } = await ledger.claim('movielog', 0);
  const rows = data.interactions.map((row) => ({ ...row, itemId: itemIds.get(data.movies[row.itemId - 1].id) ?? -1 }));
  const segments: SegmentRow[] = rows.map(({ userId, itemId, minutes, lastTime }, at) => ({
    firstOffset: at,
    userId,
    itemId,
    firstMinute: 0,
    lastMinute: minutes - 1,
    firstTime: lastTime,
    lastTime,
    lines: minutes,
  }));
  const ratings: RatingRow[] = rows
    .filter(({ rating }) => rating > 0)
    .map(({ userId, itemId, ratedAt, rating }) => ({ userId, itemId, time: ratedAt, rating }));
  const watchLines = segments.reduce((sum, { lines }) => sum + lines, 0);
  const window: IngestWindow = {
    streamId,
    incarnation,
    ownerEpoch,
    expectedOffset: 0,
    nextOffset: watchLines + ratings.length,
    lastLineHash: null,
    received: watchLines + ratings.length,
    watchLines,
    rows: { segments, ratings, recommendations: [], accounts: [], quarantine: [] },
  };
  const { outcome } = await ledger.commitWindow(window, async () => []);
  if (outcome !== 'committed') throw new Error('the test data was fenced');
}
