import type { HistoryEntry, UserHistory } from '../../contracts/index.ts';
import { newestFirst } from '../history-join.ts';
import type { HistoryVersion } from '../histories.ts';
import type { ReplyReader } from './reply-reader.ts';

export const versionField = 'v';
export const rebuiltField = 'r';

/** A user's hash as it is stored: fields in the order of their coming, or in none. */
export interface StoredHistory {
  version: string | undefined;
  rebuilt: string | undefined;
  entries: HistoryEntry[];
}

const [comma, zero, nine] = [...',09'].map((sign) => sign.charCodeAt(0));
/** So many digits are a whole number that a float64 holds. */
const exactDigits = 15;

/**
 * From the reply to HGETALL. Read by its bytes: to cut it into 100 texts and those into 250 numbers takes ten times as long and leaves as much to
 * collect.
 */
export function readStored(reply: ReplyReader): StoredHistory {
  const stored: StoredHistory = { version: undefined, rebuilt: undefined, entries: [] };
  for (let left = reply.array(); left > 0; left -= 2) {
    const field = reply.bulk();
    const first = reply.bytes[reply.at];
    const isItem = first >= zero && first <= nine;
    const name = isItem ? '' : textOf(reply, field);
    const itemId = isItem ? numberOf(reply.bytes, reply.at, reply.at + field) : Number(name);
    reply.skip(field);
    const length = reply.bulk();
    if (name === versionField) stored.version = textOf(reply, length);
    else if (name === rebuiltField) stored.rebuilt = textOf(reply, length);
    else stored.entries.push(entryOf(itemId, reply, length));
    reply.skip(length);
  }
  return stored;
}

/** `complete`: the store is whole, so what is not there is not known. */
export function historyOf(
  userId: number,
  complete: boolean,
  { version, rebuilt, entries }: StoredHistory,
): UserHistory {
  const found = versionOf(complete, version, rebuilt);
  return { userId, ...found, entries: found.state === 'known' ? inOrder(entries) : [] };
}

export function versionOf(complete: boolean, version: string | undefined, rebuilt: string | undefined): HistoryVersion {
  if (!complete && rebuilt === undefined) return { state: 'lost', version: 0 };
  return version === undefined ? { state: 'cold', version: 0 } : { state: 'known', version: Number(version) };
}

const textOf = ({ bytes, at }: ReplyReader, length: number): string => bytes.toString('latin1', at, at + length);

/** `minutes,rating,ratedAt,time`. */
function entryOf(itemId: number, { bytes, at }: ReplyReader, length: number): HistoryEntry {
  const end = at + length;
  const first = commaFrom(bytes, at, end);
  const second = commaFrom(bytes, first + 1, end);
  const third = commaFrom(bytes, second + 1, end);
  return {
    itemId,
    minutes: numberOf(bytes, at, first),
    rating: numberOf(bytes, first + 1, second),
    ratedAt: numberOf(bytes, second + 1, third),
    time: numberOf(bytes, third + 1, end),
  };
}

function commaFrom(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== comma) at++;
  return at;
}

/** What `Number` makes of the text. */
function numberOf(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  let at = from;
  for (; at < end; at++) {
    const digit = bytes[at] - zero;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const isWhole = at === end && at > from && at - from <= exactDigits;
  return isWhole ? value : Number(bytes.toString('latin1', Math.min(from, end), end));
}

/** Stored mostly in the order of their coming, so once they are turned round there is little to sort, and mostly nothing. */
function inOrder(entries: HistoryEntry[]): HistoryEntry[] {
  entries.reverse();
  for (let at = 1; at < entries.length; at++)
    if (newestFirst(entries[at - 1], entries[at]) > 0) return entries.sort(newestFirst);
  return entries;
}
