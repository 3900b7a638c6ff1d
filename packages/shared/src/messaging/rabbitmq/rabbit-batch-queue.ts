import type { Channel, ConfirmChannel, Message } from 'amqplib';
import { AppError, messageOf, within } from '../../runtime/index.ts';
import {
  confirmMsMax,
  unconfirmedMax,
  type Batch,
  type BatchKind,
  type BatchQueue,
  type BatchQueueHandler,
} from '../batch-queue.ts';
import type { OpenOptions } from '../open.ts';
import type { Subscription } from '../work-queue.ts';
import { RabbitBatchConsumer } from './rabbit-batch-consumer.ts';
import {
  batchOf,
  batchOptions,
  batchQueueName,
  declareBatchQueues,
  reasonOf,
  rejectedQueueName,
} from './rabbit-batches.ts';
import { confirmChannel, plainChannel, RabbitChannel, RabbitConnection } from './rabbit-connection.ts';
import { RabbitSubscriptions } from './rabbit-subscriptions.ts';

const firstConnectMs = 2_000;
const lookMs = 5_000;

/** Resolves when connected, or after 2 s without: it goes on trying by itself. */
export async function openRabbitBatchQueue(url: string, options: OpenOptions = {}): Promise<BatchQueue> {
  const queue = new RabbitBatchQueue(url, options);
  await queue.start();
  return queue;
}

/**
 * Durable queues, persistent messages, publisher confirms. Publishing and consuming have a connection each, for the same reason as in
 * `RabbitWorkQueue`; the second is opened by the first consumer.
 */
class RabbitBatchQueue implements BatchQueue {
  readonly features = { survivesProcess: true };
  readonly #url: string;
  readonly #namespace: string;
  readonly #options: OpenOptions;
  readonly #publishing: RabbitConnection;
  readonly #confirmed: RabbitChannel<ConfirmChannel>;
  readonly #looking: RabbitChannel;
  readonly #subscriptions: RabbitSubscriptions;
  readonly #returned = new Set<string>();
  #unconfirmed = 0;
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

  async publish(kind: BatchKind, batch: Batch): Promise<void> {
    this.#assertOpen();
    const channel = this.#publishing.isUp() ? this.#confirmed.current : null;
    if (channel === null) throw new AppError('QUEUE_DOWN', 'the broker is away');
    if (this.#unconfirmed >= unconfirmedMax) throw new AppError('QUEUE_DOWN', 'the broker confirms too slowly');
    try {
      await within(confirmMsMax, 'a confirmation', this.#send(channel, kind, batch), 'QUEUE_DOWN');
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError('QUEUE_DOWN', `publish failed: ${messageOf(cause)}`, { cause });
    }
  }

  async consume(kind: BatchKind, { inHand }: { inHand: number }, handler: BatchQueueHandler): Promise<Subscription> {
    this.#assertOpen();
    const { onProblem } = this.#options;
    const report = (message: string): void => onProblem?.({ port: 'batches', code: 'LISTENER_FAILED', message });
    const consumer = new RabbitBatchConsumer({ namespace: this.#namespace, kind, inHand, handler, report });
    return this.#subscriptions.add(consumer, confirmChannel);
  }

  /** Taken without an ack on a channel of their own, and given back. */
  async rejected(kind: BatchKind, limit: number): Promise<{ batch: Batch; reason: string }[]> {
    this.#assertOpen();
    const channel = this.#looking.current;
    if (channel === null) throw new AppError('QUEUE_DOWN', 'the broker is away');
    return within(lookMs, 'rejected batches', this.#look(channel, kind, limit), 'QUEUE_DOWN');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#subscriptions.stop();
    await Promise.all([this.#subscriptions.close(), this.#publishing.close()]);
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('PORT_CLOSED', 'the batch queue is closed');
  }

  readonly #prepare = async (channel: ConfirmChannel): Promise<void> => {
    this.#returned.clear();
    channel.on('return', ({ properties }: Message) => this.#returned.add(String(properties.messageId)));
    await declareBatchQueues(channel, this.#namespace);
  };

  /** A channel that is lost fails what it has not confirmed. */
  #send(channel: ConfirmChannel, kind: BatchKind, { id, body }: Batch): Promise<void> {
    this.#unconfirmed++;
    const sent = new Promise<void>((resolve, reject) => {
      const settle = (error: Error | null | undefined): void => {
        this.#unconfirmed--;
        if (error) return reject(error);
        if (!this.#returned.delete(id)) return resolve();
        // Somebody deleted the queue. The channel that is made anew declares it again.
        void channel.close().catch(() => {});
        reject(new AppError('QUEUE_DOWN', 'the queue is gone'));
      };
      try {
        channel.sendToQueue(batchQueueName(this.#namespace, kind), Buffer.from(body), batchOptions(id), settle);
      } catch (error) {
        settle(error instanceof Error ? error : new Error(messageOf(error)));
      }
    });
    // Its end may come after the time is up; by then it is nobody's business.
    sent.catch(() => {});
    return sent;
  }

  async #look(channel: Channel, kind: BatchKind, limit: number): Promise<{ batch: Batch; reason: string }[]> {
    const found: { batch: Batch; reason: string }[] = [];
    while (found.length < limit) {
      const message = await channel.get(rejectedQueueName(this.#namespace, kind));
      if (message === false) break;
      found.push({ batch: batchOf(message), reason: reasonOf(message) });
    }
    channel.nackAll(true);
    return found;
  }
}
