import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { AppError, systemClock, within } from '../../runtime/index.ts';
import { confirmMsMax, handleAgainMs, type BatchKind, type BatchQueueHandler } from '../batch-queue.ts';
import { OpenTags } from './open-tags.ts';
import { batchOf, batchOptions, batchQueueName, declareBatchQueues, rejectedQueueName } from './rabbit-batches.ts';

const cancelMs = 700;

interface BatchConsumerOptions {
  namespace: string;
  kind: BatchKind;
  inHand: number;
  handler: BatchQueueHandler;
  report(message: string): void;
}

/** What was delivered on one channel; with the channel it is void, and the broker delivers it again on the next. */
interface Hand {
  channel: ConfirmChannel;
  tags: OpenTags;
  arrived: ConsumeMessage[];
  consumerTag: string;
}

/** Hands what has arrived to the handler, one call at a time, and acks it afterwards. */
export class RabbitBatchConsumer {
  readonly #options: BatchConsumerOptions;
  readonly #stop = new AbortController();
  #hand: Hand | null = null;
  #running: Promise<void> | undefined;

  constructor(options: BatchConsumerOptions) {
    this.#options = options;
  }

  async start(channel: ConfirmChannel): Promise<void> {
    const { namespace, kind, inHand } = this.#options;
    await declareBatchQueues(channel, namespace);
    await channel.prefetch(inHand);
    const hand: Hand = { channel, tags: new OpenTags(channel), arrived: [], consumerTag: '' };
    this.#hand = hand;
    const started = await channel.consume(batchQueueName(namespace, kind), (message) => {
      // Null: the queue was deleted. A closed channel is made anew, queues included.
      if (message === null) return void channel.close().catch(() => {});
      hand.tags.add(message);
      hand.arrived.push(message);
      this.#wake();
    });
    hand.consumerTag = started.consumerTag;
  }

  lost(channel: ConfirmChannel): void {
    if (this.#hand?.channel !== channel) return;
    this.#hand.tags.lose();
    this.#hand = null;
  }

  /** Takes nothing new and waits for the handler; what it has not done yet goes back to the queue with the channel. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const hand = this.#hand;
    if (hand) {
      hand.arrived = [];
      await within(cancelMs, 'stopping a consumer', hand.channel.cancel(hand.consumerTag)).catch(() => {});
    }
    await this.#running;
  }

  #wake(): void {
    this.#running ??= this.#pump().finally(() => {
      this.#running = undefined;
      if ((this.#hand?.arrived.length ?? 0) > 0 && !this.#stop.signal.aborted) this.#wake();
    });
  }

  async #pump(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.#stop.signal.aborted) {
      const hand = this.#hand;
      const taken = hand?.arrived.splice(0) ?? [];
      if (hand === null || taken.length === 0) return;
      await this.#handle(hand, taken);
    }
  }

  /** Tried until it is done, the channel is gone or we are stopped. */
  async #handle(hand: Hand, taken: ConsumeMessage[]): Promise<void> {
    while (!hand.tags.gone && !this.#stop.signal.aborted) {
      try {
        return await this.#handleOnce(hand, taken);
      } catch (error) {
        this.#options.report(`a batch could not be taken: ${error instanceof Error ? error.message : String(error)}`);
        await systemClock.sleep(handleAgainMs, this.#stop.signal);
      }
    }
  }

  async #handleOnce({ channel, tags }: Hand, taken: ConsumeMessage[]): Promise<void> {
    const verdicts = await this.#options.handler(taken.map(batchOf));
    if (verdicts.length !== taken.length) {
      throw new AppError('MESSAGE_INVALID', `${verdicts.length} verdicts for ${taken.length} batches`);
    }
    for (const [at, verdict] of verdicts.entries()) {
      if (verdict !== 'done' && !tags.gone) await this.#setAside(channel, taken[at], verdict.reject);
    }
    tags.ack(taken);
  }

  async #setAside(channel: ConfirmChannel, message: ConsumeMessage, reason: string): Promise<void> {
    const { namespace, kind } = this.#options;
    const confirmed = new Promise<void>((resolve, reject) => {
      const options = batchOptions(String(message.properties.messageId ?? ''), reason);
      const done = (error: Error | null | undefined): void => (error ? reject(error) : resolve());
      channel.sendToQueue(rejectedQueueName(namespace, kind), message.content, options, done);
    });
    await within(confirmMsMax, 'setting a batch aside', confirmed, 'QUEUE_DOWN');
  }
}
