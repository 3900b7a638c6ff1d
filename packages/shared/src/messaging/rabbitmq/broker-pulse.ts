import type { Channel } from 'amqplib';
import { AppError, systemClock, within } from '../../runtime/index.ts';

const everyMs = 1_000;
const answerMs = 1_000;

/**
 * Asks the broker a small question each second. A broker that stopped (or a network that swallows) looks alive until the
 * heartbeat ends it, up to 15 s later; here it counts as silent after two seconds, and as back with its answer.
 */
export class BrokerPulse {
  readonly #ask: (channel: Channel) => Promise<unknown>;
  readonly #channel: () => Channel | null;
  readonly #stop = new AbortController();
  #silent = false;

  constructor(channel: () => Channel | null, ask: (channel: Channel) => Promise<unknown>) {
    this.#channel = channel;
    this.#ask = ask;
  }

  get silent(): boolean {
    return this.#silent;
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const channel = this.#channel();
      if (channel) await this.#beat(channel);
      await systemClock.sleep(everyMs, this.#stop.signal);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Any end of the question, even an error, is an answer, or the channel's end, which is seen elsewhere. */
  async #beat(channel: Channel): Promise<void> {
    const answered = Promise.resolve(this.#ask(channel)).then(
      () => (this.#silent = false),
      () => (this.#silent = false),
    );
    await within(answerMs, 'a sign of life', answered).catch((error: unknown) => {
      this.#silent = error instanceof AppError && !this.#stop.signal.aborted;
    });
  }
}
