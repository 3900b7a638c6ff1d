import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { batchKinds, type Batch, type BatchKind } from '@reelay/shared/messaging';

export interface SpilledBatch {
  kind: BatchKind;
  batch: Batch;
}

/** Batches on disk that the queue would not take, oldest first. */
export interface BatchSpill {
  readonly batches: number;
  readonly bytes: number;
  /** Finds what an earlier process left. */
  load(): Promise<void>;
  /** False when there is no room; throws what the disk says. When it resolves, the batch outlives a power cut. */
  keep(kind: BatchKind, batch: Batch): Promise<boolean>;
  /** The first `count` of them, oldest first; fewer where there are no more. */
  oldest(count: number): Promise<SpilledBatch[]>;
  /** Takes one away. */
  drop(spilled: SpilledBatch): Promise<void>;
}

interface Entry {
  name: string;
  bytes: number;
}

const suffixOf = (kind: BatchKind): string => `.${kind}`;

/**
 * A file a batch, named by its id and kind; ids are UUIDv7, so names are in the order of time. The folder belongs to one gateway. A file gets its
 * name when all of it is on disk, and goes when the batch is confirmed: a crash in between sends it once more, which counts once.
 */
export function createBatchSpill(folder: string, bytesMax: number): BatchSpill {
  let entries: Entry[] = [];
  let bytes = 0;
  const kindOf = (name: string): BatchKind | undefined => batchKinds.find((kind) => name.endsWith(suffixOf(kind)));
  const forget = (entry: Entry): void => {
    const place = entries.indexOf(entry);
    if (place === -1) return;
    entries.splice(place, 1);
    bytes -= entry.bytes;
  };
  const read = async (entry: Entry): Promise<SpilledBatch | undefined> => {
    const kind = kindOf(entry.name);
    const body = await readFile(join(folder, entry.name)).catch(() => undefined);
    if (kind && body) return { kind, batch: { id: entry.name.slice(0, -suffixOf(kind).length), body } };
    // Somebody took the file away; the ones behind it must not wait for it.
    forget(entry);
    return undefined;
  };

  return {
    get batches() {
      return entries.length;
    },
    get bytes() {
      return bytes;
    },
    async load() {
      await mkdir(folder, { recursive: true });
      const names = (await readdir(folder)).toSorted();
      for (const name of names) if (kindOf(name) === undefined) await rm(join(folder, name), { force: true });
      const whole = names.filter((name) => kindOf(name) !== undefined);
      entries = await Promise.all(whole.map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })));
      bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    },
    async keep(kind, { id, body }) {
      if (bytes + body.length > bytesMax) return false;
      bytes += body.length;
      const name = `${id}${suffixOf(kind)}`;
      try {
        await writeWhole(folder, name, body);
      } catch (error) {
        bytes -= body.length;
        throw error;
      }
      entries.push({ name, bytes: body.length });
      return true;
    },
    async oldest(count) {
      const found: SpilledBatch[] = [];
      while (found.length < count && entries.length > found.length) {
        const spilled = await read(entries[found.length]);
        if (spilled) found.push(spilled);
      }
      return found;
    },
    async drop({ kind, batch }) {
      const name = `${batch.id}${suffixOf(kind)}`;
      const entry = entries.find((one) => one.name === name);
      if (entry === undefined) return;
      forget(entry);
      await rm(join(folder, name), { force: true });
    },
  };
}

async function writeWhole(folder: string, name: string, body: Uint8Array): Promise<void> {
  const half = join(folder, `${name}.half`);
  const file = await open(half, 'w');
  try {
    await file.writeFile(body);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(half, join(folder, name));
}
