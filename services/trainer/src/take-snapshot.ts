import { demographicGroup, everybody } from '@reelay/recommender';
import type { CatalogueEntry } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { MovieRow, ReadingLedger, UserRow } from '@reelay/shared/storage';
import { createDataVersion, type DataVersion } from './data-version.ts';
import { InteractionPacker, type InteractionColumns } from './interaction-columns.ts';
import { letOthersRun } from './let-others-run.ts';
import type { DataMinimum } from './settings.ts';

/** The data of one training, in memory and unchanging. */
export interface Snapshot {
  readonly rows: Omit<InteractionColumns, 'itemId'> & {
    /** Place of the item in `catalogue`. */
    readonly item: Int32Array;
  };
  /** Every item known, by item id; those without interactions too, so that they can be shown. */
  readonly catalogue: CatalogueEntry[];
  /** Demographic group at the place of the user id (not of the user's place); 0 where unknown. */
  readonly groupOfUserId: Uint8Array;
  /** SHA-256 of the rows, see `createDataVersion`. */
  readonly dataVersion: string;
}

/** One byte a user id: beyond this a user counts as of unknown group, so that one odd id cannot ask for gigabytes. */
export const groupedUserIdMax = 16_000_000;

/**
 * Reads all that a model learns from, in pages. Ingest may go on meanwhile: what comes during the scan is in or out row by row, and the
 * data version names what was read. Throws `NOT_ENOUGH_DATA` below `minimum`, and the signal's reason.
 */
export async function takeSnapshot(
  ledger: ReadingLedger,
  minimum: DataMinimum,
  signal?: AbortSignal,
): Promise<Snapshot> {
  const version = createDataVersion();
  const packer = new InteractionPacker();
  await ledger.interactions(async (page) => {
    version.interactions(page);
    for (const row of page) packer.add(row);
    await letOthersRun(signal);
  });
  const columns = packer.finish();
  const groupOfUserId = await readGroups(ledger, version);
  await letOthersRun(signal);
  // After the interactions: an item that came meanwhile is then in the catalogue at least.
  const items = await ledger.items();
  version.items(items);
  const snapshot = assemble(columns, items, groupOfUserId, version.finish());
  assertEnough(snapshot, minimum);
  return snapshot;
}

async function readGroups(ledger: ReadingLedger, version: DataVersion): Promise<Uint8Array> {
  const known: { userId: number; group: number }[] = [];
  await ledger.users((page: UserRow[]) => {
    version.users(page);
    for (const user of page) {
      const group = demographicGroup(user);
      if (group !== everybody && user.userId <= groupedUserIdMax) known.push({ userId: user.userId, group });
    }
  });
  const groups = new Uint8Array(known.reduce((most, { userId }) => Math.max(most, userId + 1), 0));
  for (const { userId, group } of known) groups[userId] = group;
  return groups;
}

function assemble(
  { itemId, ...columns }: InteractionColumns,
  items: { itemId: number; movie: MovieRow }[],
  groupOfUserId: Uint8Array,
  dataVersion: string,
): Snapshot {
  const placeOf = new Map(items.map((entry, place) => [entry.itemId, place]));
  const item = itemId.map((id) => placeOf.get(id) ?? -1);
  const unknown = item.indexOf(-1);
  if (unknown !== -1)
    throw new AppError('DATA_INVALID', `item ${itemId[unknown]} is watched but not in the dictionary`);
  const catalogue = items.map(({ itemId: id, movie }) => catalogueEntry(id, movie));
  return { rows: { ...columns, item }, catalogue, groupOfUserId, dataVersion };
}

const catalogueEntry = (itemId: number, { id, year, genres }: MovieRow): CatalogueEntry => ({
  itemId,
  id,
  year,
  genres,
});

function assertEnough({ rows }: Snapshot, minimum: DataMinimum): void {
  const found = { users: rows.userIds.length, items: new Set(rows.item).size, interactions: rows.item.length };
  for (const kind of ['users', 'items', 'interactions'] as const) {
    if (found[kind] >= minimum[kind]) continue;
    const text = `${found[kind]} ${kind} with something watched or rated, at least ${minimum[kind]} are needed`;
    throw new AppError('NOT_ENOUGH_DATA', text);
  }
}
