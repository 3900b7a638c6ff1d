import type { Redis } from 'ioredis';
import { messageOf, systemClock, within } from '../../runtime/index.ts';
import { tell } from '../listeners.ts';
import type { OpenOptions } from '../open.ts';
import { connectReader, firstReady, reportOutages, silence } from './redis-client.ts';

const blockSeconds = 1;
/** A read that takes this long hangs on a dead connection. */
const guardMs = 2_000;
const batchMax = 512;
const pauseMs = 20;

/**
 * Reads a list with a blocking pop, over a connection of its own, until stopped. After an outage it goes on by itself; the
 * server ends each wait after a second, so that a dead connection swallows notices no longer than that.
 */
export class NoticeReader {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #options: OpenOptions;
  readonly #onNotices: (bodies: string[]) => void;
  readonly #loop: Promise<void>;
  #stopped = false;

  constructor(url: string, key: string, options: OpenOptions, onNotices: (bodies: string[]) => void) {
    this.#redis = connectReader(url);
    this.#key = key;
    this.#options = options;
    this.#onNotices = onNotices;
    reportOutages(this.#redis, 'answers', options);
    this.#loop = this.#read();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    silence(this.#redis);
    this.#redis.disconnect();
    await this.#loop;
  }

  async #read(): Promise<void> {
    while (!this.#stopped) {
      await firstReady(this.#redis);
      if (this.#stopped || this.#redis.status !== 'ready') continue;
      try {
        const popped = this.#redis.blmpop(blockSeconds, 1, this.#key, 'LEFT', 'COUNT', batchMax);
        this.#deliver(await within(guardMs, 'reading answers', popped));
      } catch (error) {
        if (!this.#stopped) this.#reconnect(messageOf(error));
        // A connection that just broke may count as ready until its socket's end is read, and every read of it fails at once: without a pause
        // this loop would never let that end be read, nor anything else in this process run.
        await systemClock.sleep(pauseMs);
      }
    }
  }

  #deliver(popped: [key: string, members: string[]] | null): void {
    if (popped === null || this.#stopped) return;
    tell('answers', this.#onNotices, popped[1], this.#options.onProblem);
  }

  #reconnect(message: string): void {
    this.#options.onProblem?.({ port: 'answers', code: 'STORE_DOWN', message });
    if (this.#redis.status === 'ready') this.#redis.disconnect(true);
  }
}
