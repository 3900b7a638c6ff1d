import { historyMax, type HistoryEntry, type HistoryEvent, type UserHistory } from '../../contracts/index.ts';
import { AppError } from '../../runtime/index.ts';
import { wantedMax, type Histories, type HistoryVersion } from '../histories.ts';
import { joinEntry, newestFirst } from '../history-join.ts';

interface Kept {
  version: number;
  entries: Map<number, HistoryEntry>;
  rebuilt: boolean;
}

/** Histories inside one process; as empty as a fresh store after a restart, so `lost` until they are rebuilt. */
export class MemoryHistories implements Histories {
  readonly #users = new Map<number, Kept>();
  readonly #wanted = new Set<number>();
  #complete = false;
  #closed = false;

  isUp(): boolean {
    return !this.#closed;
  }

  async merge(events: HistoryEvent[]): Promise<void> {
    this.#assertOpen();
    for (const event of events) this.#mergeOne(this.#kept(event.userId), event);
  }

  async read(userIds: number[]): Promise<UserHistory[]> {
    this.#assertOpen();
    return userIds.map((userId) => {
      const { state, version } = this.#stateOf(userId);
      const known = state === 'known' ? [...(this.#users.get(userId)?.entries.values() ?? [])] : [];
      return { userId, state, version, entries: known.map((entry) => ({ ...entry })).sort(newestFirst) };
    });
  }

  async version(userId: number): Promise<HistoryVersion> {
    this.#assertOpen();
    return this.#stateOf(userId);
  }

  async isComplete(): Promise<boolean> {
    this.#assertOpen();
    return this.#complete;
  }

  async markComplete(): Promise<void> {
    this.#assertOpen();
    this.#complete = true;
    this.#wanted.clear();
  }

  async markRebuilt(userIds: number[]): Promise<void> {
    this.#assertOpen();
    for (const userId of userIds) this.#kept(userId).rebuilt = true;
  }

  async takeWanted(limit: number): Promise<number[]> {
    this.#assertOpen();
    const taken = [...this.#wanted].slice(0, limit);
    for (const userId of taken) this.#wanted.delete(userId);
    return taken;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('PORT_CLOSED', 'histories are closed');
  }

  #kept(userId: number): Kept {
    const known = this.#users.get(userId);
    if (known) return known;
    const fresh: Kept = { version: 0, entries: new Map(), rebuilt: false };
    this.#users.set(userId, fresh);
    return fresh;
  }

  #stateOf(userId: number): HistoryVersion {
    const kept = this.#users.get(userId);
    if (!this.#complete && !kept?.rebuilt) {
      if (this.#wanted.size < wantedMax) this.#wanted.add(userId);
      return { state: 'lost', version: 0 };
    }
    return kept && kept.version > 0 ? { state: 'known', version: kept.version } : { state: 'cold', version: 0 };
  }

  #mergeOne(kept: Kept, event: HistoryEvent): void {
    const known = kept.entries.get(event.itemId);
    // An event not older than its kept item is not older than everything kept: no need to look for the oldest.
    const late = !known || event.time < known.time;
    const oldest = late && kept.entries.size >= historyMax ? oldestOf(kept.entries) : undefined;
    if (oldest && newestFirst(event, oldest) > 0) return;
    const joined = joinEntry(known, event);
    if (joined === known) return;
    if (!known && oldest) kept.entries.delete(oldest.itemId);
    kept.entries.set(event.itemId, joined);
    kept.version++;
  }
}

function oldestOf(entries: Map<number, HistoryEntry>): HistoryEntry | undefined {
  let oldest: HistoryEntry | undefined;
  for (const entry of entries.values()) if (!oldest || newestFirst(entry, oldest) > 0) oldest = entry;
  return oldest;
}
