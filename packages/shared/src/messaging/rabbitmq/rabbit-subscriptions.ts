import type { Channel, ChannelModel } from 'amqplib';
import type { Report } from '../listeners.ts';
import type { Subscription } from '../work-queue.ts';
import { RabbitChannel, RabbitConnection } from './rabbit-connection.ts';

/** Takes messages on a channel, and on the next one when that is lost. */
interface ChannelConsumer<C extends Channel> {
  start(channel: C): Promise<void>;
  lost(channel: C): void;
  /** Waits for what is in hand. */
  stop(): Promise<void>;
}

const firstConnectMs = 2_000;

/** Those that consume from a port, on a connection of their own, which the first of them opens: see `RabbitWorkQueue`. */
export class RabbitSubscriptions {
  readonly #url: string;
  readonly #report: Report | undefined;
  readonly #all = new Set<Subscription>();
  #connection: RabbitConnection | undefined;

  constructor(url: string, report: Report | undefined) {
    this.#url = url;
    this.#report = report;
  }

  /** True while there is none. */
  isUp(): boolean {
    return this.#connection === undefined || this.#connection.isUp();
  }

  /** `prepare` comes before the consumer on each new channel. */
  async add<C extends Channel>(
    consumer: ChannelConsumer<C>,
    create: (model: ChannelModel) => Promise<C>,
    prepare: (channel: C) => Promise<void> = async () => {},
  ): Promise<Subscription> {
    const connection = await this.#connected();
    const channel = new RabbitChannel<C>(connection, {
      create,
      build: async (made) => {
        await prepare(made);
        await consumer.start(made);
      },
      onLost: (lost) => consumer.lost(lost),
      report: this.#report,
    });
    await connection.add(channel);
    const subscription: Subscription = {
      stop: async () => {
        this.#all.delete(subscription);
        channel.retire();
        await consumer.stop();
        await channel.close();
      },
    };
    this.#all.add(subscription);
    return subscription;
  }

  /** Stops them all; what they had in hand is done then. */
  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((subscription) => subscription.stop()));
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }

  async #connected(): Promise<RabbitConnection> {
    if (!this.#connection) {
      this.#connection = new RabbitConnection(this.#report);
      await this.#connection.start(this.#url);
      await this.#connection.firstUp(firstConnectMs);
    }
    return this.#connection;
  }
}
