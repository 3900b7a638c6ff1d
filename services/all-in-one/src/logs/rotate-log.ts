import { closeSync, fstatSync, ftruncateSync, readSync, writeSync, openSync } from 'node:fs';
import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface LogLimits {
  /** A file of this size or more is rotated. */
  maxBytes: number;
  /** Old files kept beside each: `<file>.1` is the newest. At least 1. */
  keep: number;
}

const chunkBytes = 1 << 20;
/** What is copied in one breath before the cut. */
const tailBytes = 64 << 10;

/**
 * Moves what a log holds to `<file>.1` (`.1` to `.2` and so on; the oldest goes) and cuts it to nothing, while its writer keeps
 * it open; false when it is small still. The writer must have opened it for appending. It waits for nothing and knows of nothing: a pipe
 * through this process would stall every service with it, and kill them all when it dies.
 *
 * All but the end is copied piece by piece; the end and the cut are one breath of about a quarter of a millisecond. Only a
 * line that another process writes in that moment is lost. When this process dies on the way, lines stand twice and none is missing.
 */
export async function rotateLog(file: string, { maxBytes, keep }: LogLimits): Promise<boolean> {
  const { size } = await stat(file);
  if (size < maxBytes) return false;
  // First, since it makes the room that the copy needs.
  await removeOld(file, keep);
  const half = `${file}.half`;
  const source = await open(file, 'r+');
  try {
    const copied = await copyMost(source, half);
    await shift(file, keep);
    await rename(half, `${file}.1`);
    cut(source.fd, `${file}.1`, copied);
    return true;
  } finally {
    await source.close();
    await rm(half, { force: true });
  }
}

/** The oldest, and what a larger `keep` left. */
async function removeOld(file: string, keep: number): Promise<void> {
  const start = `${basename(file)}.`;
  for (const name of await readdir(dirname(file))) {
    const number = name.startsWith(start) ? name.slice(start.length) : '';
    if (/^\d+$/.test(number) && Number(number) >= keep) await rm(join(dirname(file), name), { force: true });
  }
}

async function shift(file: string, keep: number): Promise<void> {
  for (let number = keep - 1; number >= 1; number--) {
    await rename(`${file}.${number}`, `${file}.${number + 1}`).catch(ignoreMissing);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Copies until less than a tail is left; returns how much stands in the copy. */
async function copyMost(source: FileHandle, path: string): Promise<number> {
  const buffer = Buffer.alloc(chunkBytes);
  const target = await open(path, 'w', 0o600);
  try {
    let copied = 0;
    for (let size = (await source.stat()).size; size - copied > tailBytes; size = (await source.stat()).size) {
      const { bytesRead } = await source.read(buffer, 0, chunkBytes, copied);
      await target.write(buffer, 0, bytesRead, copied);
      copied += bytesRead;
    }
    return copied;
  } finally {
    await target.close();
  }
}

/** Copies the rest and empties the file, without giving way to anything else in this process. */
function cut(source: number, path: string, copied: number): void {
  const target = openSync(path, 'a');
  try {
    let position = copied;
    const buffer = Buffer.alloc(tailBytes);
    for (let size = fstatSync(source).size; position < size; size = fstatSync(source).size) {
      const bytes = readSync(source, buffer, 0, tailBytes, position);
      writeSync(target, buffer, 0, bytes);
      position += bytes;
    }
    ftruncateSync(source, 0);
  } finally {
    closeSync(target);
  }
}
