import type { HistoryEvent, LogEvent } from '@reelay/shared/contracts';
import type { Histories } from '@reelay/shared/messaging';
import { messageOf, type Clock } from '@reelay/shared/runtime';

/** Entries that wait for a merge; beyond it the reader of the log waits a little. */
const pendingMax = 50_000;
/** Entries of one call. */
const mergeMax = 5_000;
/** The log never waits longer than this for a slow store. */
const waitMsMax = 2_000;
/** Users whose events a store may have missed; beyond it everybody is rebuilt. */
const missedMax = 100_000;

interface MergerDeps {
  histories: Pick<Histories, 'isUp' | 'merge'>;
  clock: Clock;
  onProblem(message: string): void;
  onMerged(events: number): void;
}

/**
 * Brings events to the histories at once and never holds up the log for long. While a merge is under way, what arrives is folded
 * by user and item. Events that could not be merged are given up, their users remembered: the ledger has all of it, and
 * `takeMissed` says whom to bring up to date.
 */
export class HistoryMerger {
  readonly #deps: MergerDeps;
  #pending = new Map<string, HistoryEvent>();
  #missed: Set<number> | 'everybody' = new Set();
  #pumping: Promise<void> | undefined;

  constructor(deps: MergerDeps) {
    this.#deps = deps;
  }

  get pending(): number {
    return this.#pending.size;
  }

  add(event: HistoryEvent): void {
    const key = `${event.userId}:${event.itemId}`;
    const known = this.#pending.get(key);
    if (known === undefined) this.#pending.set(key, { ...event });
    else join(known, event);
  }

  /** Starts merging what was added; waits only while too much is pending in a store that is up, and not long. */
  async push(): Promise<void> {
    if (!this.#deps.histories.isUp()) return this.#giveUp(this.#pending.values());
    const done = (this.#pumping ??= this.#pump().finally(() => (this.#pumping = undefined)));
    if (this.#pending.size <= pendingMax) return;
    await Promise.race([done, this.#deps.clock.sleep(waitMsMax)]);
    if (this.#pending.size > pendingMax) this.#giveUp(this.#pending.values());
  }

  /** Settles when nothing is pending any more, merged or given up. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0 || this.#pumping !== undefined) {
      if (this.#pumping === undefined) await this.push();
      await this.#pumping;
    }
  }

  /** Users whose events may be missing in the store; asking takes them over. */
  takeMissed(): Set<number> | 'everybody' {
    const missed = this.#missed;
    this.#missed = new Set();
    return missed;
  }

  miss(users: Iterable<number> | 'everybody'): void {
    if (users === 'everybody' || this.#missed === 'everybody') {
      this.#missed = 'everybody';
      return;
    }
    for (const user of users) this.#missed.add(user);
    if (this.#missed.size > missedMax) this.#missed = 'everybody';
  }

  async #pump(): Promise<void> {
    while (this.#pending.size > 0) {
      const events = this.#take();
      try {
        await this.#deps.histories.merge(events);
        this.#deps.onMerged(events.length);
      } catch (error) {
        this.#deps.onProblem(messageOf(error));
        this.miss(events.map((event) => event.userId));
        this.#giveUp(this.#pending.values());
      }
    }
  }

  #take(): HistoryEvent[] {
    const events: HistoryEvent[] = [];
    for (const [key, event] of this.#pending) {
      events.push(event);
      this.#pending.delete(key);
      if (events.length >= mergeMax) break;
    }
    return events;
  }

  #giveUp(events: Iterable<HistoryEvent>): void {
    const users = new Set<number>();
    for (const event of events) users.add(event.userId);
    this.#pending = new Map();
    this.miss(users);
  }
}

/** The join of `HistoryEntry`: largest minutes, newest rating, latest time. */
function join(known: HistoryEvent, said: HistoryEvent): void {
  known.minutes = Math.max(known.minutes, said.minutes);
  known.time = Math.max(known.time, said.time);
  if (said.ratedAt > known.ratedAt || (said.ratedAt === known.ratedAt && said.rating > known.rating)) {
    known.rating = said.rating;
    known.ratedAt = said.ratedAt;
  }
}

/** What a line means for the history of its user; nothing for lines that are no watching or rating. */
export function historyEventOf(event: LogEvent, itemId: (movieId: string) => number): HistoryEvent | undefined {
  if (event.kind === 'watch') {
    const { userId, time, minute, movieId } = event;
    return { userId, itemId: itemId(movieId), minutes: minute + 1, rating: 0, ratedAt: 0, time };
  }
  if (event.kind === 'rate') {
    const { userId, time, rating, movieId } = event;
    return { userId, itemId: itemId(movieId), minutes: 0, rating, ratedAt: time, time };
  }
  return undefined;
}
