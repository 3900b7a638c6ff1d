import type { Subscription } from './work-queue.ts';

/** Names a slice of a job; its users and its state stand in the ledger. */
export interface SliceMessage {
  jobId: string;
  sliceNo: number;
}

export interface SliceDelivery {
  slice: SliceMessage;
  /** How often it was given back before; 0 for the first delivery. */
  returns: number;
}

/** `again`: somebody should try it once more. `reject`: never again, to the dead letters. */
export type SliceVerdict = 'done' | 'again' | { reject: string };
export type SliceHandler = (delivery: SliceDelivery) => Promise<SliceVerdict>;

export interface SliceQueueFeatures {
  /** Slices outlive the process of the queue. Without, whoever published them must do so again after a restart. */
  survivesProcess: boolean;
}

/**
 * Slices of large jobs, at least once, on a queue of their own, so that no single request stands behind one. No time budget.
 *
 * - `publish` resolves when the slice is safe on the queue; else it throws `QUEUE_DOWN`, at once when the broker is known to be away, and the
 *   slice may have arrived all the same.
 * - `consume`: at most `inHand` handlers at a time, one slice each, acked when they return. A handler that throws gives it back, and so does a
 *   consumer that is lost.
 * - A slice that was given back `returnsMax` times is not delivered any more: it goes to the dead letters, with those that were rejected.
 * - `close` waits for handlers; afterwards everything throws `PORT_CLOSED`.
 */
export interface SliceQueue {
  readonly features: SliceQueueFeatures;
  isUp(): boolean;
  publish(slice: SliceMessage): Promise<void>;
  consume(options: { inHand: number }, handler: SliceHandler): Promise<Subscription>;
  /** Slices that nobody has in hand. */
  ready(): Promise<number>;
  /** Looks at up to `limit` dead letters, the oldest first, and leaves them where they are. */
  deadLetters(limit: number): Promise<{ slice: SliceMessage; reason: string }[]>;
  close(): Promise<void>;
}

/** A slice is delivered once more after each of so many returns, and then never again. */
export const returnsMax = 3;
/** Slices that wait; a full queue refuses. */
export const slicesMax = 10_000;
/** Pause before a slice is given back whose handler threw. */
export const giveBackMs = 250;
