import type { Channel, ConsumeMessage } from 'amqplib';
import type { Slot } from '../../contracts/index.ts';
import { messageOf, systemClock, within } from '../../runtime/index.ts';
import { afterFailure, runBatch, splitBatches, type BatchHandler, type Outcome } from '../batches.ts';
import { decodeJob } from '../job-codec.ts';
import type { Delivery } from '../work-queue.ts';
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

type Taken<T> = Delivery<T> & { message: ConsumeMessage };

const buryAgainAfterMs = 500;
const cancelMs = 700;

/**
 * Takes jobs of one slot from a channel: what came within one turn of the event loop is one batch. Everything that was
 * delivered is handed to the handler, so the channel's prefetch bounds what is in hand.
 */
export class RabbitConsumer<T> {
  readonly #options: ConsumerOptions<T>;
  readonly #running = new Set<Promise<void>>();
  #arrived: ConsumeMessage[] = [];
  #channel: Channel | null = null;
  #tags: OpenTags | null = null;
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
    const tags = new OpenTags(channel);
    this.#arrived = [];
    this.#channel = channel;
    this.#tags = tags;
    const started = await channel.consume(queueName(namespace, slot), (message) => {
      // Null: the broker ended the consumer (its queue was deleted). A closed channel is made anew, queues included.
      if (message === null) void channel.close().catch(() => {});
      else this.#arrive(message, channel, tags);
    });
    this.#tag = started.consumerTag;
  }

  lost(channel: Channel): void {
    if (channel !== this.#channel) return;
    this.#tags?.lose();
    this.#arrived = [];
    this.#channel = null;
  }

  /** Takes nothing new and waits for what is in hand. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await within(cancelMs, 'stopping a consumer', this.#cancel()).catch(() => {});
    // What arrived in this turn becomes a batch in the next one.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #cancel(): Promise<void> {
    await this.#channel?.cancel(this.#tag);
  }

  #arrive(message: ConsumeMessage, channel: Channel, tags: OpenTags): void {
    tags.add(message);
    if (this.#arrived.push(message) > 1) return;
    setImmediate(() => {
      if (tags.gone) return;
      const arrived = this.#arrived;
      this.#arrived = [];
      this.#dispatch(arrived, channel, tags);
    });
  }

  #dispatch(arrived: ConsumeMessage[], channel: Channel, tags: OpenTags): void {
    const takenAtMs = systemClock.monotonicMs();
    const taken: Taken<T>[] = [];
    for (const message of arrived) {
      const attempt = attemptOf(message);
      const delivery = { attempt, budgetLeftMs: budgetOf(message), takenAtMs, message };
      try {
        const job = decodeJob(message.content.toString()) as T;
        if (!message.fields.redelivered) taken.push({ ...delivery, job });
        // Somebody took it and died. A classic queue counts nothing, so it goes back marked before it is tried.
        else this.#track(this.#settle([delivery], [afterFailure(attempt, 'its worker was lost')], channel, tags));
      } catch (error) {
        this.#track(this.#settle([delivery], [{ kind: 'dead', reason: messageOf(error) }], channel, tags));
      }
    }
    for (const batch of splitBatches(taken)) this.#track(this.#run(batch, channel, tags));
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  async #run(batch: Taken<T>[], channel: Channel, tags: OpenTags): Promise<void> {
    const outcomes = await runBatch(
      this.#options.handler,
      batch.map(({ job, attempt, budgetLeftMs, takenAtMs }) => ({ job, attempt, budgetLeftMs, takenAtMs })),
    );
    await this.#settle(batch, outcomes, channel, tags);
  }

  /** Published first, acked then, on one channel: the broker sees both in this order, so a job is never nowhere. */
  async #settle(batch: Omit<Taken<T>, 'job'>[], outcomes: Outcome[], channel: Channel, tags: OpenTags): Promise<void> {
    const dead: { message: ConsumeMessage; attempt: number; reason: string }[] = [];
    const settled: ConsumeMessage[] = [];
    for (const [at, { message, ...delivery }] of batch.entries()) {
      const outcome = outcomes[at];
      if (tags.gone) return;
      if (outcome?.kind === 'dead') dead.push({ message, attempt: delivery.attempt, reason: outcome.reason });
      else if (outcome?.kind !== 'again' || this.#publishAgain(message, delivery, channel)) settled.push(message);
    }
    tags.ack(settled);
    await Promise.all(dead.map((letter) => this.#bury(letter, tags)));
  }

  /** With what is left of its budget; after that nobody waits for it. False when the channel is gone. */
  #publishAgain(
    message: ConsumeMessage,
    { attempt, budgetLeftMs, takenAtMs }: { attempt: number; budgetLeftMs: number; takenAtMs: number },
    channel: Channel,
  ): boolean {
    const left = budgetLeftMs - (systemClock.monotonicMs() - takenAtMs);
    if (left <= 0) return true;
    try {
      const { namespace, slot } = this.#options;
      channel.sendToQueue(queueName(namespace, slot), message.content, jobOptions(attempt + 1, left));
      return true;
    } catch {
      return false;
    }
  }

  async #bury(letter: { message: ConsumeMessage; attempt: number; reason: string }, tags: OpenTags): Promise<void> {
    const { slot } = this.#options;
    for (;;) {
      try {
        await this.#options.bury(letter.message.content, { slot, attempts: letter.attempt, reason: letter.reason });
        return tags.ack([letter.message]);
      } catch {
        // Left unsettled, so the broker delivers it again to whoever comes next.
        if (tags.gone || this.#stopping) return;
        await systemClock.sleep(buryAgainAfterMs);
      }
    }
  }
}
