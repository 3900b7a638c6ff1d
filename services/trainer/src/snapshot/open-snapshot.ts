import { ageRating, type CatalogueEntry } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import { letOthersRun } from '../let-others-run.ts';
import { InteractionFiller, type InteractionColumns } from './interaction-columns.ts';
import { readColumns, readRows } from './parquet-part.ts';
import type { SnapshotDescription } from './snapshot-description.ts';
import type { StoredItem, StoredUser } from './snapshot-parts.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import { UserGroups } from './user-groups.ts';

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
  /** SHA-256 over its parts, see `dataVersionOf`. */
  readonly dataVersion: string;
  /** Where the rows are from. */
  readonly description: SnapshotDescription;
}

/**
 * Reads a snapshot back, part by part. `ARTIFACT_CORRUPT` for a part that differs from its description, `DATA_INVALID` for rows out of
 * order, twice, or of an item that the snapshot does not know.
 */
export async function openSnapshot(
  store: Pick<SnapshotStore, 'readPart'>,
  description: SnapshotDescription,
  signal?: AbortSignal,
): Promise<Snapshot> {
  const read = reader(store, description, signal);
  const filler = new InteractionFiller(description.summary.interactions);
  let before = 0;
  await read('interactions', async (bytes, rows) => {
    await readColumns(bytes, filler.names, (name, values, from) => filler.fill(name, values, before + from));
    before += rows;
  });
  const groups = new UserGroups();
  await read('users', async (bytes, rows) => {
    for await (const page of readRows(bytes, rows)) {
      for (const user of page as unknown as StoredUser[]) groups.add(user.user_id, user);
    }
  });
  const catalogue: CatalogueEntry[] = [];
  await read('items', async (bytes, rows) => {
    for await (const page of readRows(bytes, rows)) {
      for (const item of page as unknown as StoredItem[]) catalogue.push(catalogueEntry(item));
    }
  });
  const { itemId, ...columns } = filler.finish();
  const rows = { ...columns, item: placesOf(itemId, catalogue) };
  const { dataVersion } = description;
  return { rows, catalogue, groupOfUserId: groups.finish(), dataVersion, description };
}

const reader =
  (store: Pick<SnapshotStore, 'readPart'>, { dataVersion, parts }: SnapshotDescription, signal?: AbortSignal) =>
  async (kind: string, onPart: (bytes: Uint8Array, rows: number) => Promise<void>): Promise<void> => {
    for (const part of parts.filter((one) => one.kind === kind)) {
      if (part.rows > 0) await onPart(await store.readPart(dataVersion, part), part.rows);
      await letOthersRun(signal);
    }
  };

/** Places in the catalogue, in the memory of the ids. */
function placesOf(itemId: Int32Array, catalogue: readonly CatalogueEntry[]): Int32Array {
  const places = new Map(catalogue.map((entry, place) => [entry.itemId, place]));
  for (let row = 0; row < itemId.length; row += 1) {
    const place = places.get(itemId[row]);
    if (place === undefined)
      throw new AppError('DATA_INVALID', `item ${itemId[row]} is watched but not in the dictionary`);
    itemId[row] = place;
  }
  return itemId;
}

/** No key where it is not rated: a catalogue without age ratings has the bytes that it always had. */
function catalogueEntry({ item_id: itemId, movie_id: id, year, genres, min_age }: StoredItem): CatalogueEntry {
  const minAge = ageRating.safeParse(min_age).data;
  return { itemId, id, year: year ?? null, genres, ...(minAge !== undefined && { minAge }) };
}
