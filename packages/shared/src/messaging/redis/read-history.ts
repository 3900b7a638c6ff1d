import type { HistoryEntry, UserHistory } from '../../contracts/index.ts';
import { newestFirst } from '../history-join.ts';
import type { HistoryVersion } from '../histories.ts';

export const versionField = 'v';
export const rebuiltField = 'r';

const comma = 44;
const zero = 48;
const nine = 57;
/** So many digits are a whole number that a float64 holds. */
const exactDigits = 15;

/**
 * A user's history from the text of `readScript`; `complete`: the store is whole, so what is not there is not known. Read by its characters: to
 * cut it into 250 texts and those into numbers takes three times as long and leaves as much to collect.
 */
export function readHistory(userId: number, complete: boolean, text: string): UserHistory {
  const from = new NumberLine(text);
  const entries: HistoryEntry[] = [];
  let version: string | undefined;
  let rebuilt: string | undefined;
  while (!from.isOver) {
    if (from.startsWithDigit) entries.push(entryFrom(from));
    else {
      const name = from.text();
      if (name === versionField) version = from.text();
      else if (name === rebuiltField) rebuilt = from.text();
      else entries.push(entryFrom(from, Number(name)));
    }
  }
  const found = versionOf(complete, version, rebuilt);
  return { userId, ...found, entries: found.state === 'known' ? inOrder(entries) : [] };
}

export function versionOf(complete: boolean, version: string | undefined, rebuilt: string | undefined): HistoryVersion {
  if (!complete && rebuilt === undefined) return { state: 'lost', version: 0 };
  return version === undefined ? { state: 'cold', version: 0 } : { state: 'known', version: Number(version) };
}

const entryFrom = (from: NumberLine, itemId = from.number()): HistoryEntry => ({
  itemId,
  minutes: from.number(),
  rating: from.number(),
  ratedAt: from.number(),
  time: from.number(),
});

/** Stored mostly in the order of their coming, so once they are turned round there is little to sort, and mostly nothing. */
function inOrder(entries: HistoryEntry[]): HistoryEntry[] {
  entries.reverse();
  for (let at = 1; at < entries.length; at++)
    if (newestFirst(entries[at - 1], entries[at]) > 0) return entries.sort(newestFirst);
  return entries;
}

/** Texts and numbers with commas between them, one after the other. */
class NumberLine {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isOver(): boolean {
    return this.#at >= this.#text.length;
  }

  get startsWithDigit(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    return code >= zero && code <= nine;
  }

  text(): string {
    const end = this.#text.indexOf(',', this.#at);
    const found = this.#text.slice(this.#at, end === -1 ? undefined : end);
    this.#at += found.length + 1;
    return found;
  }

  /** What `Number` makes of the text. */
  number(): number {
    const text = this.#text;
    let value = 0;
    let at = this.#at;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code < zero || code > nine) break;
      value = value * 10 + (code - zero);
    }
    const isWhole =
      at > this.#at && at - this.#at <= exactDigits && (at === text.length || text.charCodeAt(at) === comma);
    if (!isWhole) return Number(this.text());
    this.#at = at + 1;
    return value;
  }
}
