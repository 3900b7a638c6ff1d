import { AppError, messageOf, systemClock, type Clock } from '../../runtime/index.ts';
import {
  giveBackMs,
  returnsMax,
  slicesMax,
  type SliceDelivery,
  type SliceHandler,
  type SliceMessage,
  type SliceQueue,
  type SliceVerdict,
} from '../slice-queue.ts';
import type { Subscription } from '../work-queue.ts';

const deadMax = 10_000;

interface Consumer {
  inHand: number;
  handler: SliceHandler;
  stop: AbortController;
  running: Set<Promise<void>>;
}

/** Slices inside one process; they end with it, and the ledger knows which. */
export class MemorySliceQueue implements SliceQueue {
  readonly features = { survivesProcess: false };
  readonly #clock: Clock;
  #waiting: SliceDelivery[] = [];
  #consumers: Consumer[] = [];
  #dead: { slice: SliceMessage; reason: string }[] = [];
  #closed = false;

  constructor({ clock = systemClock }: { clock?: Clock } = {}) {
    this.#clock = clock;
  }

  isUp(): boolean {
    return !this.#closed;
  }

  async publish({ jobId, sliceNo }: SliceMessage): Promise<void> {
    this.#assertOpen();
    if (this.#waiting.length >= slicesMax) throw new AppError('QUEUE_DOWN', `${slicesMax} slices wait already`);
    this.#waiting.push({ slice: { jobId, sliceNo }, returns: 0 });
    this.#handOut();
  }

  async consume({ inHand }: { inHand: number }, handler: SliceHandler): Promise<Subscription> {
    this.#assertOpen();
    const consumer: Consumer = { inHand, handler, stop: new AbortController(), running: new Set() };
    this.#consumers.push(consumer);
    this.#handOut();
    return { stop: () => this.#stop(consumer) };
  }

  async ready(): Promise<number> {
    this.#assertOpen();
    return this.#waiting.length;
  }

  async deadLetters(limit: number): Promise<{ slice: SliceMessage; reason: string }[]> {
    this.#assertOpen();
    return this.#dead.slice(0, limit).map(({ slice, reason }) => ({ slice: { ...slice }, reason }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#consumers.map((consumer) => this.#stop(consumer)));
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('PORT_CLOSED', 'the slice queue is closed');
  }

  /** Later than now: who publishes or consumes must not find a handler running in the same turn. */
  #handOut(): void {
    setImmediate(() => {
      for (let free = this.#free(); free && this.#waiting.length > 0; free = this.#free()) {
        const delivery = this.#waiting.shift();
        if (delivery) this.#run(free, delivery);
      }
    });
  }

  /** The one with the least in hand, if it may have more. */
  #free(): Consumer | undefined {
    return this.#consumers
      .filter(({ running, inHand, stop }) => running.size < inHand && !stop.signal.aborted)
      .toSorted((a, b) => a.running.size - b.running.size)[0];
  }

  #run(consumer: Consumer, { slice, returns }: SliceDelivery): void {
    const work = this.#verdict(consumer, { slice: { ...slice }, returns })
      .then((verdict) => this.#settle({ slice, returns }, verdict))
      .finally(() => {
        consumer.running.delete(work);
        this.#handOut();
      });
    consumer.running.add(work);
  }

  async #verdict({ handler, stop }: Consumer, delivery: SliceDelivery): Promise<SliceVerdict> {
    try {
      return await handler(delivery);
    } catch (error) {
      if (error instanceof AppError && error.code === 'PORT_CLOSED') return 'again';
      await this.#clock.sleep(giveBackMs, stop.signal);
      return delivery.returns < returnsMax ? 'again' : { reject: messageOf(error) };
    }
  }

  #settle({ slice, returns }: SliceDelivery, verdict: SliceVerdict): void {
    if (verdict === 'done') return;
    if (verdict === 'again' && returns < returnsMax) {
      this.#waiting.unshift({ slice, returns: returns + 1 });
      return;
    }
    this.#dead.push({ slice, reason: verdict === 'again' ? `given back ${returns + 1} times` : verdict.reject });
    this.#dead.splice(0, this.#dead.length - deadMax);
  }

  async #stop(consumer: Consumer): Promise<void> {
    consumer.stop.abort();
    await Promise.all(consumer.running);
    this.#consumers = this.#consumers.filter((other) => other !== consumer);
  }
}
