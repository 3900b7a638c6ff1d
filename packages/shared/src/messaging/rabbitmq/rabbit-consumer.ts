import type { Channel, ConsumeMessage } from 'amqplib';
import type { Slot } from '../../contracts/index.ts';
import { messageOf, systemClock, within } from '../../runtime/index.ts';
import { afterFailure, runBatch, splitBatches, type BatchHandler, type Outcome } from '../batches.ts';
import { decodeJob } from '../job-codec.ts';
import type { Delivery } from '../work-queue.ts';
import { jobsOf } from './bundle-jobs.ts';
import { OpenTags } from './open-tags.ts';
import { attemptOf, budgetOf, declareQueues, jobOptions, queueName } from './rabbit-messages.ts';

export interface ConsumerOptions<T> {
  namespace: string;
  slot: Slot;
  concurrency: number;
  handler: BatchHandler<T>;
  /** Resolves when the broker has the dead letter for good. */
  bury(content: Buffer, letter: { slot: Slot; attempts: number; reason: string }): Promise<void>;
}

/** A message, and how many of its jobs are not settled yet: it is acked when none is. */
interface Bundle {
  message: ConsumeMessage;
  left: number;
}

/** A job as it came, before anybody knows whether it is one. */
type Parcel = Omit<Delivery<unknown>, 'job'> & { text: string; bundle: Bundle };
type Taken<T> = Delivery<T> & Parcel;

/** What one channel brought. */
interface Hand<T> {
  channel: Channel;
  tags: OpenTags;
  /** Messages of this turn. */
  arrived: ConsumeMessage[];
  /** Jobs that came with others in their message, beyond what may be in hand. */
  waiting: Taken<T>[];
  inHand: number;
}

const buryAgainAfterMs = 500;
const cancelMs = 700;

/**
 * Takes jobs of one slot from a channel: what came within one turn of the event loop is one batch. The channel's prefetch bounds messages; a message
 * may hold several jobs, so those beyond `concurrency` wait here for the end of others.
 */
export class RabbitConsumer<T> {
  readonly #options: ConsumerOptions<T>;
  readonly #running = new Set<Promise<void>>();
  #hand: Hand<T> | null = null;
  #tag = '';
  #stopping = false;

  constructor(options: ConsumerOptions<T>) {
    this.#options = options;
  }

  /** Starts on a new channel; what was in hand on an earlier one will be delivered again. */
  async start(channel: Channel): Promise<void> {
    const { namespace, slot, concurrency } = this.#options;
    await declareQueues(channel, namespace);
    await channel.prefetch(concurrency);
    const hand: Hand<T> = { channel, tags: new OpenTags(channel), arrived: [], waiting: [], inHand: 0 };
    this.#hand = hand;
    const started = await channel.consume(queueName(namespace, slot), (message) => {
      // Null: the broker ended the consumer (its queue was deleted). A closed channel is made anew, queues included.
      if (message === null) void channel.close().catch(() => {});
      else this.#arrive(message, hand);
    });
    this.#tag = started.consumerTag;
  }

  lost(channel: Channel): void {
    if (channel !== this.#hand?.channel) return;
    this.#hand.tags.lose();
    this.#hand = null;
  }

  /** Takes no further message and waits for what came. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await within(cancelMs, 'stopping a consumer', this.#cancel()).catch(() => {});
    // What arrived in this turn becomes a batch in the next one.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #cancel(): Promise<void> {
    await this.#hand?.channel.cancel(this.#tag);
  }

  #arrive(message: ConsumeMessage, hand: Hand<T>): void {
    hand.tags.add(message);
    if (hand.arrived.push(message) > 1) return;
    setImmediate(() => {
      if (hand.tags.gone) return;
      for (const arrived of hand.arrived.splice(0)) this.#unpack(arrived, hand);
      this.#handOut(hand);
    });
  }

  #unpack(message: ConsumeMessage, hand: Hand<T>): void {
    const texts = jobsOf(message.content);
    const bundle: Bundle = { message, left: texts.length };
    const [attempt, budgetLeftMs, takenAtMs] = [attemptOf(message), budgetOf(message), systemClock.monotonicMs()];
    for (const text of texts) {
      const parcel = { attempt, budgetLeftMs, takenAtMs, text, bundle };
      try {
        const job = decodeJob(text) as T;
        if (!message.fields.redelivered) hand.waiting.push({ job, ...parcel });
        // Somebody took it and died. A classic queue counts nothing, so it goes back marked before it is tried.
        else this.#track(this.#settle([parcel], [afterFailure(attempt, 'its worker was lost')], hand));
      } catch (error) {
        this.#track(this.#settle([parcel], [{ kind: 'dead', reason: messageOf(error) }], hand));
      }
    }
  }

  #handOut(hand: Hand<T>): void {
    const room = this.#options.concurrency - hand.inHand;
    if (hand.tags.gone || room <= 0 || hand.waiting.length === 0) return;
    const now = systemClock.monotonicMs();
    const next = hand.waiting.splice(0, room);
    const late = next.filter(({ takenAtMs, budgetLeftMs }) => now - takenAtMs >= budgetLeftMs);
    if (late.length > 0) this.#track(this.#settle(late, [], hand));
    const live = late.length === 0 ? next : next.filter((job) => !late.includes(job));
    hand.inHand += live.length;
    for (const batch of splitBatches(live)) this.#track(this.#run(batch, hand));
    if (late.length > 0) this.#handOut(hand);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  async #run(batch: Taken<T>[], hand: Hand<T>): Promise<void> {
    const outcomes = await runBatch(
      this.#options.handler,
      batch.map(({ job, attempt, budgetLeftMs, takenAtMs }) => ({ job, attempt, budgetLeftMs, takenAtMs })),
    );
    hand.inHand -= batch.length;
    this.#handOut(hand);
    await this.#settle(batch, outcomes, hand);
  }

  /** Published first, acked then, on one channel: the broker sees both in this order, so a job is never nowhere. No outcome: done. */
  async #settle(parcels: readonly Parcel[], outcomes: readonly Outcome[], hand: Hand<T>): Promise<void> {
    const { tags, channel } = hand;
    const dead: { parcel: Parcel; reason: string }[] = [];
    const settled: Parcel[] = [];
    for (const [at, parcel] of parcels.entries()) {
      const outcome = outcomes[at];
      if (tags.gone) return;
      if (outcome?.kind === 'dead') dead.push({ parcel, reason: outcome.reason });
      else if (outcome?.kind !== 'again' || this.#publishAgain(parcel, channel)) settled.push(parcel);
    }
    ackWhole(settled, tags);
    await Promise.all(dead.map((letter) => this.#bury(letter, tags)));
  }

  /** With what is left of its budget; after that nobody waits for it. False when the channel is gone. */
  #publishAgain({ text, attempt, budgetLeftMs, takenAtMs }: Parcel, channel: Channel): boolean {
    const left = budgetLeftMs - (systemClock.monotonicMs() - takenAtMs);
    if (left <= 0) return true;
    try {
      const { namespace, slot } = this.#options;
      channel.sendToQueue(queueName(namespace, slot), Buffer.from(text), jobOptions(attempt + 1, left));
      return true;
    } catch {
      return false;
    }
  }

  async #bury({ parcel, reason }: { parcel: Parcel; reason: string }, tags: OpenTags): Promise<void> {
    const letter = { slot: this.#options.slot, attempts: parcel.attempt, reason };
    for (;;) {
      try {
        await this.#options.bury(Buffer.from(parcel.text), letter);
        return ackWhole([parcel], tags);
      } catch {
        // Left unsettled, so the broker delivers it again to whoever comes next.
        if (tags.gone || this.#stopping) return;
        await systemClock.sleep(buryAgainAfterMs);
      }
    }
  }
}

/** These jobs are settled: acks the messages of which nothing is left. */
function ackWhole(settled: readonly Parcel[], tags: OpenTags): void {
  const whole = settled.filter(({ bundle }) => --bundle.left === 0);
  tags.ack(whole.map(({ bundle }) => bundle.message));
}
