import { StringDecoder } from 'node:string_decoder';
import { jobLine } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';

/** A line that is longer names no user. */
const lineLengthMax = 200;
const digits = /^[0-9]{1,10}$/;

/**
 * User ids of a body with one JSON value a line, page by page as it arrives: an id, or an object with a `userId`. Empty lines are passed over. Throws
 * `REQUEST_INVALID` with the number of the first line that is neither.
 */
export async function* readUserLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<number[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let lineNumber = 0;
  for await (const bytes of body) {
    const lines = (rest + decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > lineLengthMax) throw bad(lineNumber + lines.length + 1);
    yield lines.flatMap((line) => readLine(line, ++lineNumber));
  }
  yield readLine(rest + decoder.end(), lineNumber + 1);
}

function readLine(line: string, lineNumber: number): number[] {
  const text = line.trim();
  if (text === '') return [];
  if (digits.test(text) && Number(text) >= 1 && Number(text) < 2 ** 31) return [Number(text)];
  const parsed = jobLine.safeParse(valueOf(text, lineNumber));
  if (!parsed.success) throw bad(lineNumber);
  return [typeof parsed.data === 'number' ? parsed.data : parsed.data.userId];
}

function valueOf(text: string, lineNumber: number): unknown {
  if (text.length > lineLengthMax) throw bad(lineNumber);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw bad(lineNumber);
  }
}

const bad = (lineNumber: number): AppError =>
  new AppError(
    'REQUEST_INVALID',
    `line ${lineNumber} is no user id: a whole number from 1 to 2147483647, or {"userId": …}`,
  );
