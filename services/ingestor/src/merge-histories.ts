import type { HistoryEvent, LogEvent } from '@reelay/shared/contracts';
import type { Histories } from '@reelay/shared/messaging';
import { messageOf, type Clock } from '@reelay/shared/runtime';
import { PairTable } from './pair-table.ts';

/** Entries that wait for a merge; beyond it the reader of the log waits a little. The course has 96,000 viewers at once, each with one. */
const pendingMax = 400_000;
/** So many wait only while a backlog of the log is read; then merging leaves most of the time to that: a line an hour old has no hurry. */
const backlog = 50_000;
/** Pause after a merge in a backlog, as a multiple of its time. */
const backlogPause = 8;
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
  #pending = new FoldedEvents();
  /** Taken from `pending`, and not merged yet. */
  #taken = 0;
  #missed: Set<number> | 'everybody' = new Set();
  #pumping: Promise<void> | undefined;

  constructor(deps: MergerDeps) {
    this.#deps = deps;
  }

  get pending(): number {
    return this.#pending.events.length + this.#taken;
  }

  add(event: HistoryEvent): void {
    this.#pending.add(event);
  }

  /** The event of a watch line: `minutes` of an item, seen at `time`. */
  addWatch(userId: number, itemId: number, minutes: number, time: number): void {
    this.#pending.addWatch(userId, itemId, minutes, time);
  }

  /** Starts merging what was added; waits only while too much is pending in a store that is up, and not long. */
  async push(): Promise<void> {
    if (!this.#deps.histories.isUp()) return this.#giveUp();
    const done = (this.#pumping ??= this.#pump().finally(() => (this.#pumping = undefined)));
    if (this.pending <= pendingMax) return;
    await Promise.race([done, this.#deps.clock.sleep(waitMsMax)]);
    if (this.pending > pendingMax) this.#giveUp();
  }

  /** Settles when nothing is pending any more, merged or given up. */
  async settled(): Promise<void> {
    while (this.pending > 0 || this.#pumping !== undefined) {
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
    while (this.#pending.events.length > 0) {
      const { events } = this.#pending;
      this.#pending = new FoldedEvents();
      this.#taken = events.length;
      for (let first = 0; first < events.length; first += mergeMax) {
        if (!(await this.#merge(events.slice(first, first + mergeMax)))) {
          this.miss(events.slice(first).map(({ userId }) => userId));
          this.#giveUp();
          break;
        }
        this.#taken = Math.max(0, events.length - first - mergeMax);
      }
      this.#taken = 0;
    }
  }

  async #merge(events: HistoryEvent[]): Promise<boolean> {
    const { histories, clock, onMerged, onProblem } = this.#deps;
    const startedAt = clock.monotonicMs();
    try {
      await histories.merge(events);
    } catch (error) {
      onProblem(messageOf(error));
      return false;
    }
    onMerged(events.length);
    if (this.pending > backlog) await clock.sleep((clock.monotonicMs() - startedAt) * backlogPause);
    return true;
  }

  #giveUp(): void {
    const users = this.#pending.events.map(({ userId }) => userId);
    this.#pending = new FoldedEvents();
    this.miss(users);
  }
}

/** Events folded by user and item, in the order of their first coming. */
class FoldedEvents {
  readonly events: HistoryEvent[] = [];
  readonly #pairs = new PairTable();

  add(event: HistoryEvent): void {
    const known = this.events[this.#pairs.numberOf(event.userId, event.itemId)];
    if (known === undefined) this.events.push({ ...event });
    else join(known, event);
  }

  addWatch(userId: number, itemId: number, minutes: number, time: number): void {
    const known = this.events[this.#pairs.numberOf(userId, itemId)];
    if (known === undefined) {
      this.events.push({ userId, itemId, minutes, rating: 0, ratedAt: 0, time });
      return;
    }
    if (minutes > known.minutes) known.minutes = minutes;
    if (time > known.time) known.time = time;
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
