import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { AppError, messageOf } from '@reelay/shared/runtime';

export type TextEncodingOfFile = 'utf8' | 'latin1';

/**
 * Lines of a text file, plain or `.gz`, in portions as they are read; without their ends (`\n`, `\r\n`) and without a byte order mark. Empty lines
 * come too, so that a place in the file is a line number. `onLines` is waited for. Throws `NOT_FOUND` when the file cannot be read.
 */
export async function readTextLines(
  file: string,
  onLines: (lines: string[]) => void | Promise<void>,
  encoding: TextEncodingOfFile = 'utf8',
): Promise<void> {
  const decoder = new StringDecoder(encoding);
  let rest = '';
  let first = true;
  const cut = async (text: string): Promise<void> => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (first && lines.length > 0) lines[0] = lines[0].replace(/^\uFEFF/, '');
    if (lines.length > 0) first = false;
    if (lines.length > 0) await onLines(lines.map(withoutReturn));
  };
  const take = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) await cut(decoder.write(chunk));
  };
  try {
    const source = createReadStream(file, { highWaterMark: 1 << 20 });
    if (file.endsWith('.gz')) await pipeline(source, createGunzip({ chunkSize: 1 << 18 }), take);
    else await pipeline(source, take);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('NOT_FOUND', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
  rest += decoder.end();
  if (rest !== '') await cut('\n');
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
