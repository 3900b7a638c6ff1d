import type { HistoryEntry, UserHistory } from '../../contracts/index.ts';
import { newestFirst } from '../history-join.ts';
import type { HistoryVersion } from '../histories.ts';

export const versionField = 'v';
export const rebuiltField = 'r';

/** A user's history from the text of `readScript`; `complete`: the store is whole, so what is not there is not known. */
export function readHistory(userId: number, complete: boolean, text: string): UserHistory {
  const fields = text === '' ? [] : text.split(',');
  const entries: HistoryEntry[] = [];
  let version: string | undefined;
  let rebuilt: string | undefined;
  for (let at = 0; at < fields.length;) {
    const name = fields[at];
    if (name === versionField) version = fields[at + 1];
    else if (name === rebuiltField) rebuilt = fields[at + 1];
    else entries.push(entryAt(fields, at));
    at += name === versionField || name === rebuiltField ? 2 : 5;
  }
  const found = versionOf(complete, version, rebuilt);
  // Stored mostly in the order of their coming, so there is little to sort once they are turned round.
  return { userId, ...found, entries: found.state === 'known' ? entries.reverse().sort(newestFirst) : [] };
}

export function versionOf(complete: boolean, version: string | undefined, rebuilt: string | undefined): HistoryVersion {
  if (!complete && rebuilt === undefined) return { state: 'lost', version: 0 };
  return version === undefined ? { state: 'cold', version: 0 } : { state: 'known', version: Number(version) };
}

const entryAt = (fields: string[], at: number): HistoryEntry => ({
  itemId: Number(fields[at]),
  minutes: Number(fields[at + 1]),
  rating: Number(fields[at + 2]),
  ratedAt: Number(fields[at + 3]),
  time: Number(fields[at + 4]),
});
