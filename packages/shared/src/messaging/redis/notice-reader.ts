import type { Redis } from 'ioredis';
import { messageOf, systemClock } from '../../runtime/index.ts';
import { tell } from '../listeners.ts';
import type { OpenOptions } from '../open.ts';
import { CommandPipe } from './command-pipe.ts';
import { connectBlocking, firstReady, reportOutages, silence } from './redis-client.ts';
import type { ReplyReader } from './reply-reader.ts';

const blockSeconds = '1';
/** A read that takes this long hangs on a dead connection. */
const guardMs = 2_000;
const batchMax = '512';
const pauseMs = 20;

/**
 * Reads a list with a blocking pop, over a connection of its own, until stopped. After an outage it goes on by itself; the
 * server ends each wait after a second, so that a dead connection swallows notices no longer than that.
 */
export class NoticeReader {
  readonly #redis: Redis;
  readonly #pipe: CommandPipe;
  readonly #key: string;
  readonly #options: OpenOptions;
  readonly #onNotices: (bodies: string[]) => void;
  readonly #loop: Promise<void>;
  #stopped = false;

  constructor(url: string, key: string, options: OpenOptions, onNotices: (bodies: string[]) => void) {
    this.#redis = connectBlocking(url);
    this.#pipe = new CommandPipe(this.#redis, guardMs);
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
        this.#deliver(
          await this.#pipe.send(readPopped, 'BLMPOP', blockSeconds, '1', this.#key, 'LEFT', 'COUNT', batchMax),
        );
      } catch (error) {
        if (!this.#stopped) this.#reconnect(messageOf(error));
        // A connection that just broke may count as ready until its socket's end is read, and every read of it fails at once: without a pause
        // this loop would never let that end be read, nor anything else in this process run.
        await systemClock.sleep(pauseMs);
      }
    }
  }

  #deliver(bodies: string[]): void {
    if (bodies.length === 0 || this.#stopped) return;
    tell('answers', this.#onNotices, bodies, this.#options.onProblem);
  }

  #reconnect(message: string): void {
    this.#options.onProblem?.({ port: 'answers', code: 'STORE_DOWN', message });
    if (this.#redis.status === 'ready') this.#redis.disconnect(true);
  }
}

/** Members of the list, none where the wait ended without. Nothing is made of them before all have come: a long reply comes in many pieces. */
export function readPopped(reply: ReplyReader): string[] {
  if (reply.array() < 0) return [];
  reply.skip(reply.bulk());
  const count = reply.array();
  const from = reply.at;
  for (let left = count; left > 0; left--) reply.skip(reply.bulk());
  reply.at = from;
  const bodies: string[] = [];
  while (bodies.length < count) bodies.push(reply.text() ?? '');
  return bodies;
}
