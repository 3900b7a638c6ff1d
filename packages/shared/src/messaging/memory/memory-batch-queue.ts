import { AppError, systemClock, type Clock } from '../../runtime/index.ts';
import {
  handleAgainMs,
  rejectedMax,
  unconfirmedMax,
  type Batch,
  type BatchKind,
  type BatchQueue,
  type BatchQueueHandler,
} from '../batch-queue.ts';
import type { Subscription } from '../work-queue.ts';

interface Waiting {
  batch: Batch;
  confirm: () => void;
  fail: (error: Error) => void;
}

interface Consumer {
  inHand: number;
  handler: BatchQueueHandler;
  stop: AbortController;
  running: Promise<void> | undefined;
}

interface Queue {
  waiting: Waiting[];
  unconfirmed: number;
  consumers: Consumer[];
  rejected: { batch: Batch; reason: string }[];
}

/** Batches inside one process. Since they end with it, a batch is confirmed when it was consumed: until then its publisher answers for it. */
export class MemoryBatchQueue implements BatchQueue {
  readonly features = { survivesProcess: false };
  readonly #clock: Clock;
  readonly #queues = new Map<BatchKind, Queue>();
  #closed = false;

  constructor({ clock = systemClock }: { clock?: Clock } = {}) {
    this.#clock = clock;
  }

  isUp(): boolean {
    return !this.#closed;
  }

  async publish(kind: BatchKind, batch: Batch): Promise<void> {
    this.#assertOpen();
    const queue = this.#queue(kind);
    if (queue.unconfirmed >= unconfirmedMax) {
      throw new AppError('QUEUE_DOWN', `${unconfirmedMax} batches of ${kind} are not consumed`);
    }
    queue.unconfirmed++;
    const consumed = new Promise<void>((confirm, fail) => queue.waiting.push({ batch: copyOf(batch), confirm, fail }));
    for (const consumer of queue.consumers) this.#wake(queue, consumer);
    await consumed.finally(() => queue.unconfirmed--);
  }

  async consume(kind: BatchKind, { inHand }: { inHand: number }, handler: BatchQueueHandler): Promise<Subscription> {
    this.#assertOpen();
    const queue = this.#queue(kind);
    const consumer: Consumer = { inHand, handler, stop: new AbortController(), running: undefined };
    queue.consumers.push(consumer);
    this.#wake(queue, consumer);
    return { stop: () => stopConsumer(queue, consumer) };
  }

  async rejected(kind: BatchKind, limit: number): Promise<{ batch: Batch; reason: string }[]> {
    this.#assertOpen();
    const { rejected } = this.#queue(kind);
    return rejected.slice(0, limit).map(({ batch, reason }) => ({ batch: copyOf(batch), reason }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const queue of this.#queues.values()) {
      await Promise.all(queue.consumers.map((consumer) => stopConsumer(queue, consumer)));
      for (const { fail } of queue.waiting.splice(0)) fail(new AppError('PORT_CLOSED', 'the batch queue is closed'));
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('PORT_CLOSED', 'the batch queue is closed');
  }

  #queue(kind: BatchKind): Queue {
    const known = this.#queues.get(kind);
    if (known) return known;
    const queue: Queue = { waiting: [], unconfirmed: 0, consumers: [], rejected: [] };
    this.#queues.set(kind, queue);
    return queue;
  }

  #wake(queue: Queue, consumer: Consumer): void {
    consumer.running ??= this.#pump(queue, consumer).finally(() => {
      consumer.running = undefined;
      if (queue.waiting.length > 0 && !consumer.stop.signal.aborted) this.#wake(queue, consumer);
    });
  }

  async #pump(queue: Queue, consumer: Consumer): Promise<void> {
    // What is published in one turn comes in one call.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.waiting.length > 0 && !consumer.stop.signal.aborted) {
      const taken = queue.waiting.splice(0, consumer.inHand);
      try {
        await hand(queue, consumer, taken);
      } catch {
        queue.waiting.unshift(...taken);
        await this.#clock.sleep(handleAgainMs, consumer.stop.signal);
      }
    }
  }
}

async function hand(queue: Queue, { handler }: Consumer, taken: Waiting[]): Promise<void> {
  const verdicts = await handler(taken.map(({ batch }) => copyOf(batch)));
  if (verdicts.length !== taken.length) {
    throw new AppError('MESSAGE_INVALID', `${verdicts.length} verdicts for ${taken.length} batches`);
  }
  for (const [at, { batch, confirm }] of taken.entries()) {
    const verdict = verdicts[at];
    if (verdict !== 'done') queue.rejected.push({ batch, reason: verdict.reject });
    confirm();
  }
  queue.rejected.splice(0, queue.rejected.length - rejectedMax);
}

async function stopConsumer(queue: Queue, consumer: Consumer): Promise<void> {
  consumer.stop.abort();
  await consumer.running;
  queue.consumers = queue.consumers.filter((other) => other !== consumer);
}

const copyOf = ({ id, body }: Batch): Batch => ({ id, body: body.slice() });
