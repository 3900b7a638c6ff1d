import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '@reelay/shared/runtime';
import { artifactFiles, catalogueEntry, type CatalogueEntry } from '@reelay/shared/contracts';
import { splitJsonArray } from './split-json-array.ts';

/** Bytes of JSON that are parsed and checked in one turn of the event loop, some milliseconds; a whole catalogue of 27,000 takes 100. */
const bytesPerTurn = 65_536;

/** The catalogue, each text id and each dictionary integer once. Throws `ARTIFACT_CORRUPT`. */
export async function readCatalogue(bytes: Uint8Array, items: number): Promise<CatalogueEntry[]> {
  const entries: CatalogueEntry[] = [];
  const [itemIds, ids] = [new Set<number>(), new Set<string>()];
  const shareGenres = createSharing();
  for (const part of parts(bytes)) {
    for (const raw of part) {
      const { itemId, id, year, genres, minAge } = entryOf(raw);
      const entry = { itemId, id, year, genres: shareGenres(genres) };
      entries.push(minAge === undefined ? entry : { ...entry, minAge });
      itemIds.add(itemId);
      ids.add(id);
    }
    await nextTurn();
  }
  if (entries.length === items && itemIds.size === items && ids.size === items) return entries;
  throw new AppError('ARTIFACT_CORRUPT', `${artifactFiles.catalogue}: ${ids.size} different items instead of ${items}`);
}

function* parts(bytes: Uint8Array): Generator<unknown[]> {
  try {
    for (const text of splitJsonArray(bytes, bytesPerTurn)) yield JSON.parse(text) as unknown[];
  } catch (cause) {
    throw new AppError('ARTIFACT_CORRUPT', `${artifactFiles.catalogue} cannot be read`, { cause });
  }
}

function entryOf(raw: unknown): CatalogueEntry {
  const parsed = catalogueEntry.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new AppError('ARTIFACT_CORRUPT', `${artifactFiles.catalogue} has an entry of another form`, {
    cause: parsed.error,
  });
}

/** One array for all movies of the same genres: a catalogue of 27,000 has some hundred combinations. */
function createSharing(): (genres: string[]) => string[] {
  const known = new Map<string, string[]>();
  return (genres) => {
    const key = genres.join('\n');
    const shared = known.get(key);
    if (shared) return shared;
    known.set(key, genres);
    return genres;
  };
}
