import type { EventEmitter } from 'node:events';
import { within } from '../../runtime/index.ts';

/**
 * The life of one connection of amqplib's recovery, whose `setup` has two holes in 2.3:
 *
 * - Lost while `setup` runs and before anybody listens for `error`: an uncaught exception, and with a process-wide handler no further attempt.
 * - Lost while `setup` waits for something else: it counts as connected for ever, and whatever is asked of it fails or hangs.
 *
 * So it is watched from its first moment, and what is built on it ends with it, or after its time.
 */
export class GuardedConnection {
  readonly #ended: Promise<never>;
  #isOver = false;

  /** `onEnd` is told once, whenever it ends. */
  constructor(model: Pick<EventEmitter, 'on' | 'once'>, onEnd: () => void) {
    // Its `close` follows, and is what counts.
    model.on('error', () => {});
    this.#ended = new Promise((_, reject) => {
      model.once('close', () => {
        this.#isOver = true;
        onEnd();
        reject(new Error('closed while it was set up'));
      });
    });
    this.#ended.catch(() => {});
  }

  /** Ask before trusting what took a while: the end of a build and the end of the connection may come in one read of the socket. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Rejects when the connection ends first, and after `ms`. */
  async setUp(build: () => Promise<void>, ms: number): Promise<void> {
    await within(ms, 'setting up', Promise.race([build(), this.#ended]));
    if (this.#isOver) await this.#ended;
  }
}
