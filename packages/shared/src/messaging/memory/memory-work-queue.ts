import type { Slot } from '../../contracts/index.ts';
import { AppError, systemClock, type Clock } from '../../runtime/index.ts';
import { runBatch, splitBatches, type BatchHandler } from '../batches.ts';
import { decodeJob, encodeJob } from '../job-codec.ts';
import { deadLettersMax, queueLengthMax } from '../work-queue.ts';
import type { DeadLetter, Delivery, QueueDepth, Subscription, WorkQueue } from '../work-queue.ts';

interface Waiting {
  body: string;
  attempt: number;
  expiresAtMs: number;
}

interface Consumer<T> {
  concurrency: number;
  inHand: number;
  stopped: boolean;
  handler: BatchHandler<T>;
  running: Set<Promise<void>>;
}

interface SlotState<T> {
  waiting: Waiting[];
  consumers: Consumer<T>[];
  scheduled: boolean;
}

/** Jobs inside one process. What arrives within one turn of the event loop is one batch. */
export class MemoryWorkQueue<T> implements WorkQueue<T> {
  readonly features = { survivesProcess: false, countsInHand: true, measuresBudgetLeft: true };
  readonly #clock: Clock;
  readonly #slots = new Map<Slot, SlotState<T>>();
  #dead: { slot: Slot; body: string; reason: string; attempts: number }[] = [];
  #closed = false;

  constructor({ clock = systemClock }: { clock?: Clock } = {}) {
    this.#clock = clock;
  }

  isUp(): boolean {
    return !this.#closed;
  }

  async publish(slot: Slot, job: T, { budgetMs }: { budgetMs: number }): Promise<void> {
    this.#assertOpen();
    const expiresAtMs = this.#clock.monotonicMs() + budgetMs;
    this.#enqueue(slot, { body: encodeJob(job), attempt: 1, expiresAtMs });
  }

  async consume(slot: Slot, { concurrency }: { concurrency: number }, handler: BatchHandler<T>): Promise<Subscription> {
    this.#assertOpen();
    const state = this.#state(slot);
    const consumer: Consumer<T> = { concurrency, inHand: 0, stopped: false, handler, running: new Set() };
    state.consumers.push(consumer);
    this.#schedule(slot);
    return { stop: () => this.#stop(state, consumer) };
  }

  async depth(slot: Slot): Promise<QueueDepth> {
    this.#assertOpen();
    const { waiting, consumers } = this.#state(slot);
    const now = this.#clock.monotonicMs();
    const ready = waiting.filter((entry) => entry.expiresAtMs > now).length;
    return { ready, inHand: consumers.reduce((sum, { inHand }) => sum + inHand, 0), consumers: consumers.length };
  }

  async deadLetters(limit: number): Promise<DeadLetter<T>[]> {
    this.#assertOpen();
    return this.#dead.slice(0, limit).map(({ body, ...rest }) => ({ ...rest, job: decodeJob(body) as T }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const states = [...this.#slots.values()];
    await Promise.all(states.flatMap((state) => state.consumers.map((consumer) => this.#stop(state, consumer))));
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('PORT_CLOSED', 'the work queue is closed');
  }

  #state(slot: Slot): SlotState<T> {
    const known = this.#slots.get(slot);
    if (known) return known;
    const state: SlotState<T> = { waiting: [], consumers: [], scheduled: false };
    this.#slots.set(slot, state);
    return state;
  }

  #enqueue(slot: Slot, entry: Waiting): void {
    const { waiting } = this.#state(slot);
    waiting.push(entry);
    if (waiting.length > queueLengthMax) waiting.shift();
    this.#schedule(slot);
  }

  #schedule(slot: Slot): void {
    const state = this.#state(slot);
    if (state.scheduled) return;
    state.scheduled = true;
    setImmediate(() => {
      state.scheduled = false;
      this.#handOut(slot, state);
    });
  }

  /** One job to one consumer after the other, as a broker does, each up to what it may have in hand. */
  #handOut(slot: Slot, state: SlotState<T>): void {
    const shares = new Map<Consumer<T>, Delivery<T>[]>();
    for (;;) {
      const free = state.consumers.filter((consumer) => !consumer.stopped && consumer.inHand < consumer.concurrency);
      if (free.length === 0) break;
      for (const consumer of free) {
        const delivery = this.#take(state);
        if (!delivery) return this.#dispatch(slot, shares);
        consumer.inHand++;
        const share = shares.get(consumer);
        if (share) share.push(delivery);
        else shares.set(consumer, [delivery]);
      }
    }
    this.#dispatch(slot, shares);
  }

  #take(state: SlotState<T>): Delivery<T> | undefined {
    const takenAtMs = this.#clock.monotonicMs();
    for (let entry = state.waiting.shift(); entry; entry = state.waiting.shift()) {
      const budgetLeftMs = entry.expiresAtMs - takenAtMs;
      if (budgetLeftMs > 0) return { job: decodeJob(entry.body) as T, attempt: entry.attempt, budgetLeftMs, takenAtMs };
    }
    return undefined;
  }

  #dispatch(slot: Slot, shares: Map<Consumer<T>, Delivery<T>[]>): void {
    for (const [consumer, arrived] of shares) {
      for (const batch of splitBatches(arrived)) {
        const work = this.#run(slot, consumer, batch).finally(() => consumer.running.delete(work));
        consumer.running.add(work);
      }
    }
  }

  async #run(slot: Slot, consumer: Consumer<T>, batch: Delivery<T>[]): Promise<void> {
    // Encoded before the handler can change its copy: what comes again is what was published.
    const bodies = batch.map((delivery) => encodeJob(delivery.job));
    const outcomes = await runBatch(consumer.handler, batch);
    consumer.inHand -= batch.length;
    for (const [at, outcome] of outcomes.entries()) {
      const { attempt, takenAtMs, budgetLeftMs } = batch[at];
      const body = bodies[at];
      if (outcome.kind === 'again') {
        this.#enqueue(slot, { body, attempt: attempt + 1, expiresAtMs: takenAtMs + budgetLeftMs });
      }
      if (outcome.kind === 'dead') this.#dead.push({ slot, body, reason: outcome.reason, attempts: attempt });
    }
    this.#dead = this.#dead.slice(-deadLettersMax);
    this.#schedule(slot);
  }

  async #stop(state: SlotState<T>, consumer: Consumer<T>): Promise<void> {
    consumer.stopped = true;
    await Promise.all(consumer.running);
    state.consumers = state.consumers.filter((other) => other !== consumer);
  }
}
