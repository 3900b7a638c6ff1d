import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { AppError, messageOf, systemClock, within } from '../../runtime/index.ts';
import { giveBackMs, type SliceHandler, type SliceVerdict } from '../slice-queue.ts';
import { deadOptions, deadQueueName } from './rabbit-messages.ts';
import { returnsOf, sliceOf, sliceQueueName } from './rabbit-slices.ts';

const cancelMs = 700;
const buryMs = 2_000;

interface SliceConsumerOptions {
  namespace: string;
  inHand: number;
  handler: SliceHandler;
  report(message: string): void;
}

/** Runs a handler a slice; the channel's prefetch bounds how many. What is in hand on a lost channel is delivered again, by the broker. */
export class RabbitSliceConsumer {
  readonly #options: SliceConsumerOptions;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #channel: ConfirmChannel | null = null;
  #tag = '';

  constructor(options: SliceConsumerOptions) {
    this.#options = options;
  }

  async start(channel: ConfirmChannel): Promise<void> {
    const { namespace, inHand } = this.#options;
    await channel.prefetch(inHand);
    this.#channel = channel;
    const started = await channel.consume(sliceQueueName(namespace), (message) => {
      // Null: the queue was deleted. A closed channel is made anew, queue included.
      if (message === null) return void channel.close().catch(() => {});
      const work = this.#take(channel, message).finally(() => this.#running.delete(work));
      this.#running.add(work);
    });
    this.#tag = started.consumerTag;
  }

  lost(channel: ConfirmChannel): void {
    if (this.#channel === channel) this.#channel = null;
  }

  /** Takes nothing new and waits for what is in hand. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const channel = this.#channel;
    if (channel) await within(cancelMs, 'stopping a consumer', channel.cancel(this.#tag)).catch(() => {});
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #take(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    // Given back at once: it came between the wish to stop and the broker's hearing of it.
    const verdict = this.#stop.signal.aborted ? 'again' : await this.#verdict(message);
    if (this.#channel !== channel) return;
    try {
      if (typeof verdict === 'object') await this.#bury(channel, message, verdict.reject);
      if (verdict === 'again') channel.nack(message, false, true);
      else channel.ack(message);
    } catch (error) {
      // The broker has it still: it comes again with the next channel.
      this.#options.report(`a slice could not be settled: ${messageOf(error)}`);
      void channel.close().catch(() => {});
    }
  }

  async #verdict(message: ConsumeMessage): Promise<SliceVerdict> {
    try {
      return await this.#options.handler({ slice: sliceOf(message), returns: returnsOf(message) });
    } catch (error) {
      if (error instanceof AppError && error.code === 'MESSAGE_INVALID') return { reject: error.message };
      this.#options.report(`a slice could not be taken: ${messageOf(error)}`);
      await systemClock.sleep(giveBackMs, this.#stop.signal);
      return 'again';
    }
  }

  async #bury(channel: ConfirmChannel, message: ConsumeMessage, reason: string): Promise<void> {
    const confirmed = new Promise<void>((resolve, reject) => {
      const options = deadOptions('batch', returnsOf(message) + 1, reason);
      const done = (error: Error | null | undefined): void => (error ? reject(error) : resolve());
      channel.sendToQueue(deadQueueName(this.#options.namespace), message.content, options, done);
    });
    await within(buryMs, 'dead letter', confirmed, 'QUEUE_DOWN');
  }
}
