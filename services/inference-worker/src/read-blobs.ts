import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '@reelay/shared/runtime';
import { artifactFiles, catalogueEntry, type CatalogueEntry } from '@reelay/shared/contracts';
import { z } from 'zod';

/** Numbers of a little-endian blob. Copied, since a typed array must begin at a multiple of its element's size and a buffer may not. */
export function readFloat32(bytes: Uint8Array, name: string): Float32Array {
  assertWhole(bytes, Float32Array.BYTES_PER_ELEMENT, name);
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

/** The catalogue, each text id and each dictionary integer once. Throws `ARTIFACT_CORRUPT`. */
export async function readCatalogue(bytes: Uint8Array, items: number): Promise<CatalogueEntry[]> {
  const entries = await parseCatalogue(bytes);
  const itemIds = new Set(entries.map(({ itemId }) => itemId));
  const ids = new Set(entries.map(({ id }) => id));
  if (entries.length === items && itemIds.size === items && ids.size === items) return entries;
  throw new AppError('ARTIFACT_CORRUPT', `${artifactFiles.catalogue}: ${ids.size} different items instead of ${items}`);
}

/** Entries checked in one turn of the event loop; 27,000 at once take 70 ms. */
const entriesPerTurn = 2_000;

async function parseCatalogue(bytes: Uint8Array): Promise<CatalogueEntry[]> {
  const entries: CatalogueEntry[] = [];
  try {
    const raw = z.array(z.unknown()).parse(JSON.parse(new TextDecoder().decode(bytes)));
    for (let at = 0; at < raw.length; at += entriesPerTurn) {
      for (const entry of raw.slice(at, at + entriesPerTurn)) entries.push(catalogueEntry.parse(entry));
      await nextTurn();
    }
    return entries;
  } catch (cause) {
    throw new AppError('ARTIFACT_CORRUPT', `${artifactFiles.catalogue} cannot be read`, { cause });
  }
}

function assertWhole(bytes: Uint8Array, size: number, name: string): void {
  if (bytes.length % size === 0) return;
  throw new AppError('ARTIFACT_CORRUPT', `${name}: ${bytes.length} bytes are not whole numbers of ${size} bytes`);
}
