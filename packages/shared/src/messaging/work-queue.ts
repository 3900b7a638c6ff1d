import type { Slot, Track } from '../contracts/index.ts';

/** What became of one job: `retry` = once more, marked; `reject` = never again, to the dead letters. */
export type Verdict = 'done' | 'retry' | { reject: string };

export interface Delivery<T> {
  /** A copy; never the object that was published. */
  job: T;
  /** 1 for the first delivery. */
  attempt: number;
  /**
   * Milliseconds of its budget that were left when it was taken; where hosts share no clock (see `measuresBudgetLeft`), what was
   * left when it was published: an upper bound, while the broker drops what is past it.
   */
  budgetLeftMs: number;
  /** `clock.monotonicMs()` of the taking process when it was taken. */
  takenAtMs: number;
}

export interface DeadLetter<T> {
  /** `batch`: a slice of a large job, see `SliceQueue`. */
  slot: Slot;
  /** Null when the message could not be read. */
  job: T | null;
  reason: string;
  attempts: number;
}

export interface QueueDepth {
  /** Where jobs of one turn travel together, they may count as few as one in sixteen. */
  ready: number;
  /** Delivered and not settled yet; `null` where the broker does not tell. */
  inHand: number | null;
  consumers: number;
}

export interface Subscription {
  /** Takes nothing new, waits for handlers in hand, then resolves. */
  stop(): Promise<void>;
}

/**
 * Jobs with a time budget, at least once.
 *
 * - A job past its budget is never delivered.
 * - The handler gets batches of what has arrived (at most `concurrency` in hand) and returns one verdict a delivery, in
 *   order; a handler that throws means `retry` for all of its batch. A job that fails a third attempt becomes a dead letter.
 * - Dead, closed or blocked broker: `publish` throws `QUEUE_DOWN` at once and `isUp()` is false; nothing waits. It comes
 *   back by itself, consumers included.
 * - `close` stops consumers, waits for handlers; afterwards everything throws `PORT_CLOSED`.
 */
export interface WorkQueue<T> {
  readonly features: WorkQueueFeatures;
  isUp(): boolean;
  publish(slot: Track, job: T, options: { budgetMs: number }): Promise<void>;
  consume(
    slot: Track,
    options: { concurrency: number },
    handler: (batch: Delivery<T>[]) => Promise<Verdict[]>,
  ): Promise<Subscription>;
  depth(slot: Slot): Promise<QueueDepth>;
  /** Looks at up to `limit` dead letters and leaves them where they are. */
  deadLetters(limit: number): Promise<DeadLetter<T>[]>;
  close(): Promise<void>;
}

export interface WorkQueueFeatures {
  /** Jobs outlive the process of the queue (not its broker's restart: jobs are transient). */
  survivesProcess: boolean;
  countsInHand: boolean;
  /** `budgetLeftMs` is measured; without, it is an upper bound, and a job whose worker was lost gets its budget anew. */
  measuresBudgetLeft: boolean;
}

/** A job that fails this many times is a dead letter. */
export const attemptsMax = 3;
/** Most jobs that wait in one slot; beyond it the oldest go. */
export const queueLengthMax = 20_000;
/** Most dead letters that are kept; beyond it the oldest go. */
export const deadLettersMax = 10_000;
