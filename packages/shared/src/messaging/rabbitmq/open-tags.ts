import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * Deliveries of one channel that are not settled. A delivery settled twice makes the broker close the channel, so each leaves here
 * when it is acked; on a channel that is gone, acks are dropped (the broker delivers the job again).
 */
export class OpenTags {
  readonly #channel: Pick<Channel, 'ack'>;
  readonly #open = new Map<number, ConsumeMessage>();
  #gone = false;

  constructor(channel: Pick<Channel, 'ack'>) {
    this.#channel = channel;
  }

  get gone(): boolean {
    return this.#gone;
  }

  add(message: ConsumeMessage): void {
    this.#open.set(message.fields.deliveryTag, message);
  }

  lose(): void {
    this.#gone = true;
    this.#open.clear();
  }

  /** Acks them with as few frames as it can: one for all that are the oldest open ones, then one each. */
  ack(messages: ConsumeMessage[]): void {
    const wanted = new Map(messages.map((message) => [message.fields.deliveryTag, message]));
    const oldest = this.#oldestAmong(wanted);
    if (oldest.length > 1) this.#settle(oldest, true);
    const single = oldest.length > 1 ? [...wanted.values()].filter((message) => !oldest.includes(message)) : messages;
    for (const message of single) this.#settle([message], false);
  }

  #oldestAmong(wanted: Map<number, ConsumeMessage>): ConsumeMessage[] {
    const oldest: ConsumeMessage[] = [];
    for (const tag of this.#open.keys()) {
      const message = wanted.get(tag);
      if (!message) break;
      oldest.push(message);
    }
    return oldest;
  }

  #settle(messages: ConsumeMessage[], allUpTo: boolean): void {
    const last = messages.at(-1);
    if (!last || !messages.every((message) => this.#open.delete(message.fields.deliveryTag))) return;
    try {
      this.#channel.ack(last, allUpTo);
    } catch {
      this.lose();
    }
  }
}
