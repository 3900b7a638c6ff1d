import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError, messageOf } from '@reelay/shared/runtime';

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Lines of a file, plain or `.gz`, as the bytes they are (a line that is no UTF-8 must reach the parser unharmed). Line ends `\n` and
 * `\r\n`; empty lines are left out. `NOT_FOUND` when the file cannot be read.
 */
export async function* readLines(file: string): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of openInput(file)) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
      let start = 0;
      for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
        if (end > start) yield* line(bytes, start, end);
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  } catch (error) {
    throw new AppError('NOT_FOUND', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
  yield* line(rest, 0, rest.length);
}

function* line(bytes: Buffer, start: number, end: number): Generator<Uint8Array> {
  const last = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
  if (last > start) yield bytes.subarray(start, last);
}

function openInput(file: string): Readable {
  const source = createReadStream(file, { highWaterMark: 1 << 20 });
  if (!file.endsWith('.gz')) return source;
  const unzipped = createGunzip();
  source.on('error', (error) => unzipped.destroy(error));
  return source.pipe(unzipped);
}
