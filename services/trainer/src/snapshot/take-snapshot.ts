import { AppError } from '@reelay/shared/runtime';
import type { IngestLedger, InteractionRow, ReadingLedger, UserRow } from '@reelay/shared/storage';
import { letOthersRun } from '../let-others-run.ts';
import type { DataSummary } from '../quality/data-summary.ts';
import { DataSummariser } from '../quality/summarise-data.ts';
import type { DataMinimum } from '../settings.ts';
import { PartWriter } from './part-writer.ts';
import { dataVersionOf, type SnapshotDescription, type Watermark } from './snapshot-description.ts';
import { interactionColumns, itemColumns, userColumns, type ItemRow } from './snapshot-parts.ts';
import type { IncomingSnapshot, SnapshotStore } from './snapshot-store.ts';
import { UserGroups } from './user-groups.ts';

export type SnapshotSource = ReadingLedger & Pick<IngestLedger, 'progress'>;

export interface SnapshotWishes {
  minimum: DataMinimum;
  /** Rows a part, at most. */
  partRows: number;
  /** Leave out what was last touched so many days before the newest event; null: nothing. */
  windowDays: number | null;
  /** For the summary: tops of the scales. */
  ratingMax: number;
  minutesMax: number;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Writes all that a model learns from as Parquet parts, in pages: memory is one row group, one finished part and a few bytes a user, whatever
 * the number of rows. Ingest may go on: all lines below the watermark are in, what comes during the scan is in or out row by row, and
 * the data version names what was read. Nothing is visible before all is written. Throws `NOT_ENOUGH_DATA` below `minimum`, `DATA_INVALID`
 * for rows out of order, and the signal's reason.
 */
export async function takeSnapshot(
  source: SnapshotSource,
  store: SnapshotStore,
  wishes: SnapshotWishes,
  signal?: AbortSignal,
): Promise<SnapshotDescription> {
  const watermark = await readWatermark(source);
  const from = wishes.windowDays === null ? -Infinity : (await newestTime(source, signal)) - wishes.windowDays * 86_400;
  const incoming = await store.begin();
  try {
    const summariser = new DataSummariser(wishes);
    const interactions = await writeInteractions(source, incoming, { ...wishes, from, summariser }, signal);
    const { entries: users, groups } = await writeUsers(source, incoming, wishes, signal);
    // After the interactions: an item that came meanwhile is then in the dictionary at least.
    const items = await source.items();
    const summary = summariser.finish(items, groups.of);
    assertEnough(summary, wishes.minimum);
    const parts = [...interactions, ...(await writeItems(items, incoming, wishes, signal)), ...users];
    const { windowDays, now } = wishes;
    const description: SnapshotDescription = {
      format: 1,
      dataVersion: dataVersionOf(parts),
      createdAt: new Date(now).toISOString(),
      watermark,
      windowDays,
      parts,
      summary,
    };
    await incoming.commit(description);
    return description;
  } finally {
    await incoming.discard();
  }
}

interface InteractionWishes extends SnapshotWishes {
  /** Seconds since 1970 of the oldest last event that counts. */
  from: number;
  summariser: DataSummariser;
}

async function writeInteractions(
  source: SnapshotSource,
  { store }: IncomingSnapshot,
  { partRows, from, summariser }: InteractionWishes,
  signal?: AbortSignal,
) {
  const writer = new PartWriter({ kind: 'interactions', partRows, columnsOf: interactionColumns, store });
  await source.interactions(async (page) => {
    const rows = page.filter(({ lastTime }) => !(lastTime < from));
    for (const row of rows) summariser.add(row);
    await writer.add(rows);
    await letOthersRun(signal);
  });
  return writer.finish();
}

async function writeUsers(
  source: SnapshotSource,
  { store }: IncomingSnapshot,
  { partRows }: SnapshotWishes,
  signal?: AbortSignal,
) {
  const groups = new UserGroups();
  const writer = new PartWriter({ kind: 'users', partRows, columnsOf: userColumns, store });
  await source.users(async (page: UserRow[]) => {
    for (const user of page) groups.add(user.userId, user);
    await writer.add(page);
    await letOthersRun(signal);
  });
  return { entries: await writer.finish(), groups };
}

async function writeItems(
  items: readonly ItemRow[],
  { store }: IncomingSnapshot,
  { partRows }: SnapshotWishes,
  signal?: AbortSignal,
) {
  await letOthersRun(signal);
  const writer = new PartWriter({ kind: 'items', partRows, columnsOf: itemColumns, store });
  await writer.add(items);
  return writer.finish();
}

async function readWatermark(source: SnapshotSource): Promise<Watermark> {
  const progress = await source.progress();
  const { ratings, watches } = await source.counts();
  const streams = progress.map(({ topic, partition, incarnation, nextOffset }) => ({
    topic,
    partition,
    incarnation,
    nextOffset,
  }));
  return { streams, ratings, watches };
}

async function newestTime(source: SnapshotSource, signal?: AbortSignal): Promise<number> {
  let newest = -Infinity;
  await source.interactions(async (page: InteractionRow[]) => {
    for (const { lastTime } of page) newest = Math.max(newest, lastTime);
    await letOthersRun(signal);
  });
  return newest;
}

function assertEnough(found: DataSummary, minimum: DataMinimum): void {
  for (const kind of ['users', 'items', 'interactions'] as const) {
    if (found[kind] >= minimum[kind]) continue;
    const text = `${found[kind]} ${kind} with something watched or rated, at least ${minimum[kind]} are needed`;
    throw new AppError('NOT_ENOUGH_DATA', text);
  }
}
