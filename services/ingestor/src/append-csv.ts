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

/** Whose files these are: a partition's owner, or a re-drive of lines of a stream, which has a number instead of an epoch. */
type CsvOwner = Pick<StreamProgress, 'streamId'> & ({ ownerEpoch: number } | { redrive: number });

const secondsADay = 86_400;
const isoDay = (day: number): string => new Date(day * secondsADay * 1000).toISOString().slice(0, 10);

/**
 * The CSV files of one stream and one owner, one a kind and a day: `ratings/2031-05-06-s1-e3.csv`. The day is the UTC day of the
 * flush, not that of the event: so a late line never opens a closed file again, and a wrong date makes no file. Rows are written at
 * the committed length, so what a failed transaction left behind is written over or cut.
 */
export class CsvFiles {
  readonly #folder: string;
  readonly #owner: CsvOwner;
  readonly #open = new Map<RowKind, OpenFile>();
  #pending: CsvFile[] = [];
  #day = 0;

  constructor(folder: string, owner: CsvOwner) {
    this.#folder = folder;
    this.#owner = owner;
  }

  /** The day to write on, since 1970. Never an earlier one than before: a clock that is set back must not open a closed file. */
  dayAt(now: number): number {
    this.#day = Math.max(this.#day, Math.floor(now / 1000 / secondsADay));
    return this.#day;
  }

  /** Appends and makes durable; returns the lengths that the transaction commits. May be called again for one window. */
  async append(rows: WindowRows, movieIdOf: MovieIdOf, day: number): Promise<CsvFile[]> {
    this.#pending = [];
    for (const kind of rowKinds) {
      if (rows[kind].length > 0) this.#pending.push(await this.#appendTo(kind, rows, movieIdOf, day));
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

  async #appendTo(kind: RowKind, rows: WindowRows, movieIdOf: MovieIdOf, day: number): Promise<CsvFile> {
    const { handle, file } = await this.#fileOf(kind, day);
    await handle.truncate(file.committedBytes);
    let end = file.committedBytes;
    if (end === 0) end += await writeAt(handle, csvHeader(kind), end);
    for (let first = 0; first < rows[kind].length; first += rowsAtOnce) {
      const some = rows[kind].slice(first, first + rowsAtOnce);
      end += await writeAt(handle, csvLines(kind, some, movieIdOf), end);
    }
    await handle.sync();
    return { ...file, committedBytes: end, committedRows: file.committedRows + rows[kind].length };
  }

  async #fileOf(kind: RowKind, day: number): Promise<OpenFile> {
    const open = this.#open.get(kind);
    if (open?.file.storedDay === day) return open;
    await open?.handle.close();
    this.#open.delete(kind);
    return this.#openFile(kind, day);
  }

  async #openFile(kind: RowKind, storedDay: number): Promise<OpenFile> {
    const { streamId } = this.#owner;
    const [name, ownerEpoch] =
      'redrive' in this.#owner
        ? [`r${this.#owner.redrive}`, 0]
        : [`e${this.#owner.ownerEpoch}`, this.#owner.ownerEpoch];
    const path = `${kind}/${isoDay(storedDay)}-s${streamId}-${name}.csv`;
    const whole = join(this.#folder, path);
    await mkdir(dirname(whole), { recursive: true });
    const handle = await openDurably(whole);
    const file = { path, streamId, ownerEpoch, kind, storedDay, committedBytes: 0, committedRows: 0 };
    const opened = { handle, file };
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

async function openDurably(path: string): Promise<FileHandle> {
  const handle = await open(path, 'w');
  try {
    await syncFolder(dirname(path));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
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

/** A partition owner's file; files of re-drives belong to no owner. */
const ownedFile = /^(?:\d{4}-\d\d-\d\d-)?s(\d+)-e\d+\.csv$/;

/**
 * After a claim: cuts what earlier owners of the stream wrote and nobody committed, and removes files that hold nothing
 * committed.
 */
export async function cutUncommitted(folder: string, streamId: number, committed: CsvFile[]): Promise<void> {
  const known = new Map(committed.map((file) => [file.path, file.committedBytes]));
  for (const kind of rowKinds) {
    for (const name of await readdir(join(folder, kind)).catch(() => [])) {
      if (ownedFile.exec(name)?.[1] !== String(streamId)) continue;
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
