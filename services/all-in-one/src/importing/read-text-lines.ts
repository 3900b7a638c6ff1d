import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { AppError, messageOf } from '@reelay/shared/runtime';

export type TextEncodingOfFile = 'utf8' | 'latin1';

/**
 * Lines of a text file, plain or `.gz`, in portions as they are read; without their ends (`\n`, `\r\n`) and without a byte order mark. Empty lines
 * come too, so that a place in the file is a line number. `take` is waited for. Throws `NOT_FOUND` when the file cannot be read.
 */
export async function readTextLines(
  file: string,
  take: (lines: string[]) => void | Promise<void>,
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
    if (lines.length > 0) await take(lines.map(withoutReturn));
  };
  try {
    await pipeline(
      createReadStream(file, { highWaterMark: 1 << 20 }),
      ...(file.endsWith('.gz') ? [createGunzip({ chunkSize: 1 << 18 })] : []),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) await cut(decoder.write(chunk));
      },
    );
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('NOT_FOUND', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
  rest += decoder.end();
  if (rest !== '') await cut('\n');
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
