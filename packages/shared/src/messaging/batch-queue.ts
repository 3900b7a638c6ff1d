import type { Subscription } from './work-queue.ts';

/** What travels in batches, a queue each. */
export const batchKinds = ['receipts', 'feedback'] as const;
export type BatchKind = (typeof batchKinds)[number];

/** Bytes and their identity: whoever publishes a batch again gives it the same id, and whoever takes it counts an id once. */
export interface Batch {
  id: string;
  body: Uint8Array;
}

/** `reject`: it can never be taken, and is kept apart with the reason. */
export type BatchVerdict = 'done' | { reject: string };
export type BatchQueueHandler = (batches: Batch[]) => Promise<BatchVerdict[]>;

export interface BatchQueueFeatures {
  /** Batches outlive the process of the queue. Without, `publish` is done only when the batch was consumed. */
  survivesProcess: boolean;
}

/**
 * Batches that must not be lost, at least once, with no time budget.
 *
 * - `publish` resolves when the batch is safe: on the broker's disk, or consumed. When it throws, the batch may have arrived all the same.
 *   `QUEUE_DOWN` at once when the broker is known to be away, when `unconfirmedMax` batches wait for their confirmation or the queue is full, and
 *   within `confirmMsMax` when no confirmation comes.
 * - `consume`: one call of the handler at a time, with what has arrived, at most `inHand` batches; acked when it returns. A handler that throws is
 *   called again with the same batches after a pause, for as long as it takes; nothing is dropped.
 * - `close` waits for handlers; afterwards everything throws `PORT_CLOSED`.
 */
export interface BatchQueue {
  readonly features: BatchQueueFeatures;
  isUp(): boolean;
  publish(kind: BatchKind, batch: Batch): Promise<void>;
  consume(kind: BatchKind, options: { inHand: number }, handler: BatchQueueHandler): Promise<Subscription>;
  /** Looks at up to `limit` rejected batches, oldest first, and leaves them where they are. */
  rejected(kind: BatchKind, limit: number): Promise<{ batch: Batch; reason: string }[]>;
  close(): Promise<void>;
}

export const unconfirmedMax = 1_000;
export const confirmMsMax = 2_000;
/** Pause before a handler that threw is called again. */
export const handleAgainMs = 250;
/** Bytes that wait in one queue; a full one refuses. */
export const queueBytesMax = 1024 ** 3;
/** Rejected batches that are kept a queue; beyond it the oldest go. */
export const rejectedMax = 1_000;
