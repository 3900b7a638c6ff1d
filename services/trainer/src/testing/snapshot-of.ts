import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { createSnapshotStore } from '../snapshot/snapshot-store.ts';
import { takeSnapshot, type SnapshotSource, type SnapshotWishes } from '../snapshot/take-snapshot.ts';
import { readingLedgerOf } from './fill-ledger.ts';
import type { TasteData } from './taste-data.ts';

export const wishes: SnapshotWishes = {
  minimum: { users: 20, items: 20, interactions: 100 },
  partRows: 1_000,
  windowDays: null,
  ratingMax: 5,
  minutesMax: 1_440,
  now: 1_700_000_000_000,
};

/** Written as Parquet into a folder of its own, read back, and the folder removed. */
export async function snapshotOf(
  data: TasteData | SnapshotSource,
  changed: Partial<SnapshotWishes> = {},
): Promise<Snapshot> {
  const source = 'movies' in data ? readingLedgerOf(data) : data;
  const folder = await mkdtemp(join(tmpdir(), 'reelay-snapshot-'));
  try {
    const store = createSnapshotStore(folder);
    return await openSnapshot(store, await takeSnapshot(source, store, { ...wishes, ...changed }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
