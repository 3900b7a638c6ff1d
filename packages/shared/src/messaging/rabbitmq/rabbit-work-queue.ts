import type { Channel, ConfirmChannel } from 'amqplib';
import type { Slot, Track } from '../../contracts/index.ts';
import { AppError, messageOf, within } from '../../runtime/index.ts';
import type { BatchHandler } from '../batches.ts';
import { encodeJob } from '../job-codec.ts';
import type { OpenOptions } from '../open.ts';
import type { DeadLetter, QueueDepth, Subscription, WorkQueue } from '../work-queue.ts';
import { BrokerPulse } from './broker-pulse.ts';
import { JobBundler } from './bundle-jobs.ts';
import { confirmChannel, plainChannel, RabbitChannel, RabbitConnection } from './rabbit-connection.ts';
import { RabbitConsumer } from './rabbit-consumer.ts';
import { deadLetterOf, deadOptions, deadQueueName, declareQueues, jobOptions, queueName } from './rabbit-messages.ts';
import { RabbitSubscriptions } from './rabbit-subscriptions.ts';

const firstConnectMs = 2_000;
const depthMs = 1_000;
const confirmMs = 2_000;
const lookMs = 5_000;
/** Messages handed to a socket that takes no more; beyond it the broker counts as down. */
const stuckMax = 2_000;

/** Resolves when connected, or after 2 s without: it goes on trying by itself. */
export async function openRabbitWorkQueue<T>(url: string, options: OpenOptions = {}): Promise<WorkQueue<T>> {
  const queue = new RabbitWorkQueue<T>(url, options);
  await queue.start();
  return queue;
}

/**
 * One connection publishes, another consumes: a broker short of memory stops reading from those that publish, and acks must still reach
 * it. The second is opened by the first consumer.
 */
class RabbitWorkQueue<T> implements WorkQueue<T> {
  readonly features = { survivesProcess: true, countsInHand: false, measuresBudgetLeft: false };
  readonly #url: string;
  readonly #namespace: string;
  readonly #options: OpenOptions;
  readonly #publishing: RabbitConnection;
  readonly #jobs: RabbitChannel;
  readonly #confirmed: RabbitChannel<ConfirmChannel>;
  readonly #looking: RabbitChannel;
  readonly #pulse: BrokerPulse;
  readonly #subscriptions: RabbitSubscriptions;
  readonly #bundler = new JobBundler((slot, content, budgetMs) => this.#send(slot, content, budgetMs));
  #stuck = 0;
  #closed = false;

  constructor(url: string, options: OpenOptions) {
    this.#url = url;
    this.#namespace = options.namespace ?? 'reelay';
    this.#options = options;
    const report = options.onProblem;
    this.#subscriptions = new RabbitSubscriptions(url, report);
    this.#publishing = new RabbitConnection(report);
    this.#jobs = new RabbitChannel(this.#publishing, { create: plainChannel, build: this.#prepare, report });
    this.#confirmed = new RabbitChannel(this.#publishing, { create: confirmChannel, build: async () => {}, report });
    this.#looking = new RabbitChannel(this.#publishing, { create: plainChannel, build: async () => {}, report });
    this.#pulse = new BrokerPulse(
      () => this.#looking.current,
      (channel) => channel.checkQueue(deadQueueName(this.#namespace)),
    );
  }

  async start(): Promise<void> {
    for (const channel of [this.#jobs, this.#confirmed, this.#looking]) await this.#publishing.add(channel);
    await this.#publishing.start(this.#url);
    await this.#publishing.firstUp(this.#options.connectWaitMs ?? firstConnectMs);
    void this.#pulse.run();
  }

  isUp(): boolean {
    return !this.#closed && this.#subscriptions.isUp() && this.#canPublish() && this.#jobs.current !== null;
  }

  async publish(slot: Track, job: T, { budgetMs }: { budgetMs: number }): Promise<void> {
    this.#assertOpen();
    const text = encodeJob(job);
    this.#channelForJobs();
    if (budgetMs > 0) await this.#bundler.add(slot, text, budgetMs);
  }

  async consume(slot: Slot, options: { concurrency: number }, handler: BatchHandler<T>): Promise<Subscription> {
    this.#assertOpen();
    const { concurrency } = options;
    const consumer = new RabbitConsumer<T>({
      namespace: this.#namespace,
      slot,
      concurrency,
      handler,
      bury: (content, letter) => this.#bury(content, letter),
    });
    return this.#subscriptions.add(consumer, plainChannel);
  }

  async depth(slot: Slot): Promise<QueueDepth> {
    const { messageCount, consumerCount } = await this.#look('depth', depthMs, (channel) =>
      channel.checkQueue(queueName(this.#namespace, slot)),
    );
    return { ready: messageCount, inHand: null, consumers: consumerCount };
  }

  /** Takes them without an ack, on a channel of their own: when it closes, they are where they were. */
  async deadLetters(limit: number): Promise<DeadLetter<T>[]> {
    return this.#look('dead letters', lookMs, async (channel) => {
      const letters: DeadLetter<T>[] = [];
      while (letters.length < limit) {
        const message = await channel.get(deadQueueName(this.#namespace));
        if (message === false) break;
        letters.push(deadLetterOf<T>(message));
      }
      channel.nackAll(true);
      return letters;
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#bundler.flush();
    this.#closed = true;
    this.#pulse.stop();
    await this.#subscriptions.stop();
    await Promise.all([this.#subscriptions.close(), this.#closePublishing()]);
  }

  /** A channel's close comes after all that was published on it. */
  async #closePublishing(): Promise<void> {
    await this.#jobs.close();
    await this.#publishing.close();
  }

  #send(slot: Track, content: Buffer, budgetMs: number): void {
    const channel = this.#channelForJobs();
    try {
      const room = channel.sendToQueue(queueName(this.#namespace, slot), content, jobOptions(1, budgetMs));
      this.#stuck = room ? 0 : this.#stuck + 1;
    } catch (cause) {
      throw new AppError('QUEUE_DOWN', `publish failed: ${messageOf(cause)}`, { cause });
    }
  }

  #channelForJobs(): Channel {
    const channel = this.#canPublish() ? this.#jobs.current : null;
    if (channel === null || this.#stuck > stuckMax) throw new AppError('QUEUE_DOWN', 'the broker takes no jobs now');
    return channel;
  }

  #canPublish(): boolean {
    return this.#publishing.isUp() && !this.#pulse.silent;
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('PORT_CLOSED', 'the work queue is closed');
  }

  readonly #prepare = async (channel: Channel): Promise<void> => {
    this.#stuck = 0;
    channel.on('drain', () => (this.#stuck = 0));
    await declareQueues(channel, this.#namespace);
  };

  async #look<R>(what: string, ms: number, question: (channel: Channel) => Promise<R>): Promise<R> {
    this.#assertOpen();
    const channel = this.#looking.current;
    if (channel === null || !this.#canPublish()) throw new AppError('QUEUE_DOWN', `${what}: the broker is away`);
    try {
      return await within(ms, what, question(channel), 'QUEUE_DOWN');
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError('QUEUE_DOWN', `${what}: ${messageOf(cause)}`, { cause });
    }
  }

  async #bury(
    content: Buffer,
    { slot, attempts, reason }: { slot: Slot; attempts: number; reason: string },
  ): Promise<void> {
    const channel = this.#confirmed.current;
    if (channel === null) throw new AppError('QUEUE_DOWN', 'the broker is away');
    const confirmed = new Promise<void>((resolve, reject) => {
      const done = (error: unknown): void => (error ? reject(error) : resolve());
      channel.sendToQueue(deadQueueName(this.#namespace), content, deadOptions(slot, attempts, reason), done);
    });
    await within(confirmMs, 'dead letter', confirmed, 'QUEUE_DOWN');
  }
}
