import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rowKinds, type CsvFile, type RowKind, type StreamProgress, type WindowRows } from '@reelay/shared/storage';
import { csvHeader, csvLines, type MovieIdOf } from './csv-columns.ts';

/** Rows turned into text at once; other work gets a turn in between. */
const rowsAtOnce = 5_000;

interface OpenFile {
  handle: FileHandle;
  /** As far as is known to be committed; all bytes beyond belong to nobody. */
  file: CsvFile;
}

/**
 * The CSV files of one stream and one owner, one a kind: `ratings/s1-e3.csv`. Rows are written at the committed length,
 * so what a failed transaction left behind is written over or cut.
 */
export class CsvFiles {
  readonly #folder: string;
  readonly #owner: Pick<StreamProgress, 'streamId' | 'ownerEpoch'>;
  readonly #open = new Map<RowKind, OpenFile>();
  #pending: CsvFile[] = [];

  constructor(folder: string, owner: Pick<StreamProgress, 'streamId' | 'ownerEpoch'>) {
    this.#folder = folder;
    this.#owner = owner;
  }

  /** Appends and makes durable; returns the lengths that the transaction commits. May be called again for one window. */
  async append(rows: WindowRows, movieIdOf: MovieIdOf): Promise<CsvFile[]> {
    this.#pending = [];
    for (const kind of rowKinds) {
      if (rows[kind].length > 0) this.#pending.push(await this.#appendTo(kind, rows, movieIdOf));
    }
    return this.#pending;
  }

  /** The transaction of the last `append` is committed. */
  committed(): void {
    for (const file of this.#pending.splice(0)) this.#open.get(file.kind)!.file = file;
  }

  async close(): Promise<void> {
    for (const { handle } of this.#open.values()) await handle.close();
    this.#open.clear();
  }

  async #appendTo(kind: RowKind, rows: WindowRows, movieIdOf: MovieIdOf): Promise<CsvFile> {
    const { handle, file } = this.#open.get(kind) ?? (await this.#openFile(kind));
    await handle.truncate(file.committedBytes);
    let end = file.committedBytes;
    if (end === 0) end += await writeAt(handle, csvHeader(kind), end);
    for (let first = 0; first < rows[kind].length; first += rowsAtOnce) {
      const some = rows[kind].slice(first, first + rowsAtOnce) as WindowRows[typeof kind];
      end += await writeAt(handle, csvLines(kind, some, movieIdOf), end);
    }
    await handle.sync();
    return { ...file, committedBytes: end, committedRows: file.committedRows + rows[kind].length };
  }

  async #openFile(kind: RowKind): Promise<OpenFile> {
    const { streamId, ownerEpoch } = this.#owner;
    const path = `${kind}/s${streamId}-e${ownerEpoch}.csv`;
    const whole = join(this.#folder, path);
    await mkdir(dirname(whole), { recursive: true });
    const handle = await open(whole, 'w');
    await syncFolder(dirname(whole));
    const opened = { handle, file: { path, streamId, ownerEpoch, kind, committedBytes: 0, committedRows: 0 } };
    this.#open.set(kind, opened);
    return opened;
  }
}

/** Returns the number of bytes written. */
async function writeAt(handle: FileHandle, text: string, position: number): Promise<number> {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  }
  return written;
}

/** A new name in a folder is durable once the folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * After a claim: cuts what earlier owners of the stream wrote and nobody committed, and removes files that hold nothing
 * committed.
 */
export async function cutUncommitted(folder: string, streamId: number, committed: CsvFile[]): Promise<void> {
  const known = new Map(committed.map((file) => [file.path, file.committedBytes]));
  for (const kind of rowKinds) {
    for (const name of await readdir(join(folder, kind)).catch(() => [])) {
      if (!name.startsWith(`s${streamId}-`) || !name.endsWith('.csv')) continue;
      await cut(join(folder, kind, name), known.get(`${kind}/${name}`) ?? 0);
    }
  }
}

async function cut(path: string, length: number): Promise<void> {
  if (length === 0) return rm(path, { force: true });
  const handle = await open(path, 'r+');
  try {
    if ((await handle.stat()).size > length) await handle.truncate(length);
  } finally {
    await handle.close();
  }
}
