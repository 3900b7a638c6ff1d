import type { Channel, ConfirmChannel, Message } from 'amqplib';
import { AppError, messageOf, within } from '../../runtime/index.ts';
import type { OpenOptions } from '../open.ts';
import type { SliceHandler, SliceMessage, SliceQueue } from '../slice-queue.ts';
import type { Subscription } from '../work-queue.ts';
import { confirmChannel, plainChannel, RabbitChannel, RabbitConnection } from './rabbit-connection.ts';
import { declareQueues, deadQueueName } from './rabbit-messages.ts';
import { RabbitSliceConsumer } from './rabbit-slice-consumer.ts';
import {
  deadSliceReason,
  declareSliceQueue,
  isDeadSlice,
  sliceOf,
  sliceOptions,
  sliceQueueName,
} from './rabbit-slices.ts';
import { RabbitSubscriptions } from './rabbit-subscriptions.ts';

const firstConnectMs = 2_000;
const confirmMs = 5_000;
const lookMs = 5_000;
/** Dead letters of single jobs stand in the same queue; so many are looked through for those of slices. */
const lettersLookedAt = 10_000;

/** Resolves when connected, or after 2 s without: it goes on trying by itself. */
export async function openRabbitSliceQueue(url: string, options: OpenOptions = {}): Promise<SliceQueue> {
  const queue = new RabbitSliceQueue(url, options);
  await queue.start();
  return queue;
}

/** A quorum queue. Publishing and consuming have a connection each, for the same reason as in `RabbitWorkQueue`. */
class RabbitSliceQueue implements SliceQueue {
  readonly features = { survivesProcess: true };
  readonly #url: string;
  readonly #namespace: string;
  readonly #options: OpenOptions;
  readonly #publishing: RabbitConnection;
  readonly #confirmed: RabbitChannel<ConfirmChannel>;
  readonly #looking: RabbitChannel;
  readonly #subscriptions: RabbitSubscriptions;
  readonly #returned = new Set<string>();
  #formerKind = false;
  #published = 0;
  #closed = false;

  constructor(url: string, options: OpenOptions) {
    this.#url = url;
    this.#namespace = options.namespace ?? 'reelay';
    this.#options = options;
    const report = options.onProblem;
    this.#subscriptions = new RabbitSubscriptions(url, report);
    this.#publishing = new RabbitConnection(report);
    this.#confirmed = new RabbitChannel(this.#publishing, { create: confirmChannel, build: this.#prepare, report });
    this.#looking = new RabbitChannel(this.#publishing, { create: plainChannel, build: async () => {}, report });
  }

  async start(): Promise<void> {
    for (const channel of [this.#confirmed, this.#looking]) await this.#publishing.add(channel);
    await this.#publishing.start(this.#url);
    await this.#publishing.firstUp(this.#options.connectWaitMs ?? firstConnectMs);
  }

  isUp(): boolean {
    return !this.#closed && this.#subscriptions.isUp() && this.#publishing.isUp() && this.#confirmed.current !== null;
  }

  async publish(slice: SliceMessage): Promise<void> {
    this.#assertOpen();
    const channel = this.#publishing.isUp() ? this.#confirmed.current : null;
    if (channel === null) throw new AppError('QUEUE_DOWN', 'the broker is away');
    await codedDown('publish', within(confirmMs, 'a confirmation', this.#send(channel, slice), 'QUEUE_DOWN'));
  }

  async consume({ inHand }: { inHand: number }, handler: SliceHandler): Promise<Subscription> {
    this.#assertOpen();
    const { onProblem } = this.#options;
    const report = (message: string): void => onProblem?.({ port: 'slices', code: 'LISTENER_FAILED', message });
    const consumer = new RabbitSliceConsumer({ namespace: this.#namespace, inHand, handler, report });
    return this.#subscriptions.add(consumer, confirmChannel, (channel) => this.#declare(channel));
  }

  async ready(): Promise<number> {
    const { messageCount } = await this.#look((channel) => channel.checkQueue(sliceQueueName(this.#namespace)));
    return messageCount;
  }

  /** Taken without an ack on a channel of their own, and given back. */
  async deadLetters(limit: number): Promise<{ slice: SliceMessage; reason: string }[]> {
    return this.#look(async (channel) => {
      const found: { slice: SliceMessage; reason: string }[] = [];
      for (let looked = 0; looked < lettersLookedAt && found.length < limit; looked++) {
        const message = await channel.get(deadQueueName(this.#namespace));
        if (message === false) break;
        if (!isDeadSlice(message, this.#namespace)) continue;
        found.push({ slice: sliceOf(message), reason: deadSliceReason(message) });
      }
      channel.nackAll(true);
      return found;
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#subscriptions.stop();
    await Promise.all([this.#subscriptions.close(), this.#publishing.close()]);
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('PORT_CLOSED', 'the slice queue is closed');
  }

  readonly #prepare = async (channel: ConfirmChannel): Promise<void> => {
    this.#returned.clear();
    channel.on('return', ({ properties }: Message) => this.#returned.add(String(properties.messageId)));
    await this.#declare(channel);
  };

  /** An earlier release had a classic queue of this name, and nothing in it: the broker refuses ours until that one is gone. */
  async #declare(channel: Channel): Promise<void> {
    await declareQueues(channel, this.#namespace);
    if (this.#formerKind) await channel.deleteQueue(sliceQueueName(this.#namespace), { ifEmpty: true });
    this.#formerKind = false;
    try {
      await declareSliceQueue(channel, this.#namespace);
    } catch (error) {
      this.#formerKind = (error as { code?: unknown }).code === 406;
      throw error;
    }
  }

  /** A channel that is lost fails what it has not confirmed. */
  #send(channel: ConfirmChannel, slice: SliceMessage): Promise<void> {
    const messageId = String(this.#published++);
    const sent = new Promise<void>((resolve, reject) => {
      const content = Buffer.from(JSON.stringify(slice));
      channel.sendToQueue(sliceQueueName(this.#namespace), content, sliceOptions(messageId), (error: unknown) => {
        if (error) return reject(error);
        if (!this.#returned.delete(messageId)) return resolve();
        // Somebody deleted the queue. The channel that is made anew declares it again.
        void channel.close().catch(() => {});
        reject(new AppError('QUEUE_DOWN', 'the queue is gone'));
      });
    });
    // Its end may come after the time is up; by then it is nobody's business.
    sent.catch(() => {});
    return sent;
  }

  async #look<R>(question: (channel: Channel) => Promise<R>): Promise<R> {
    this.#assertOpen();
    const channel = this.#looking.current;
    if (channel === null) throw new AppError('QUEUE_DOWN', 'the broker is away');
    return codedDown('looking', within(lookMs, 'the slice queue', question(channel), 'QUEUE_DOWN'));
  }
}

async function codedDown<R>(what: string, work: Promise<R>): Promise<R> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('QUEUE_DOWN', `${what} failed: ${messageOf(cause)}`, { cause });
  }
}
