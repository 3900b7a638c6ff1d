import type { Redis } from 'ioredis';
import { ReplyIncomplete, ReplyReader } from './reply-reader.ts';

/** Takes a reply from the bytes. May be called again with more of them, so it changes nothing else. */
export type ReadReply<T> = (reply: ReplyReader) => T;

interface Waiting {
  read: ReadReply<unknown>;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Silence on a socket that owes replies; then it is taken for dead and connected anew. */
const silenceMs = 500;

/**
 * Commands out, replies in, in one order, over the socket of a client that connects it, signs in and connects it again. The client's own way of a
 * command (an object, two promises, a copy of each text of a reply) costs ten times as much as the command. What is asked within one turn is one write,
 * so one trip.
 */
export class CommandPipe {
  #stream: Redis['stream'] | null = null;
  #waiting: Waiting[] = [];
  #out = '';
  /** Of what is to go out: then bytes and characters are the same, and nothing has to be encoded. */
  #isAscii = true;
  #rest: Buffer | null = null;
  #heardMs = 0;
  #watching = false;

  constructor(redis: Redis) {
    redis.on('ready', () => this.#take(redis.stream));
  }

  get isOpen(): boolean {
    return this.#stream !== null;
  }

  /** Resolves with what `read` makes of the reply; rejects with an error reply, and when the connection ends first. */
  send<T>(read: ReadReply<T>, ...words: string[]): Promise<T> {
    if (this.#stream === null) return Promise.reject(new Error('not connected'));
    return new Promise<T>((resolve, reject) => {
      if (this.#out === '') setImmediate(() => this.#flush());
      this.#add(words);
      if (this.#waiting.length === 0) this.#heardMs = performance.now();
      this.#waiting.push({ read, resolve, reject });
    });
  }

  /** From here on the client reads nothing of this socket: it has had the answers to all that it asked. */
  #take(stream: Redis['stream']): void {
    if (this.#stream !== null) this.#lose(this.#stream);
    if (stream.destroyed) return;
    this.#stream = stream;
    stream.removeAllListeners('data');
    stream.on('data', (chunk: Buffer) => this.#hear(chunk));
    stream.once('close', () => this.#lose(stream));
  }

  #lose(stream: Redis['stream']): void {
    if (this.#stream !== stream) return;
    this.#stream = null;
    this.#out = '';
    this.#rest = null;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the connection ended'));
  }

  #add(words: string[]): void {
    this.#out += `*${words.length}\r\n`;
    for (const word of words) {
      const bytes = Buffer.byteLength(word);
      if (bytes !== word.length) this.#isAscii = false;
      this.#out += `$${bytes}\r\n${word}\r\n`;
    }
  }

  #flush(): void {
    const [out, encoding] = [this.#out, this.#isAscii ? 'latin1' : 'utf8'] as const;
    this.#out = '';
    this.#isAscii = true;
    if (out === '' || this.#stream === null) return;
    this.#stream.write(out, encoding);
    if (!this.#watching) this.#watch(silenceMs);
  }

  #hear(chunk: Buffer): void {
    this.#heardMs = performance.now();
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    const replies = new ReplyReader(bytes);
    try {
      while (!replies.isOver) this.#settleNext(replies);
    } catch (error) {
      if (!(error instanceof ReplyIncomplete)) return this.#break(error);
    }
    this.#rest = replies.isOver ? null : bytes.subarray(replies.at);
  }

  #settleNext(replies: ReplyReader): void {
    const next = this.#waiting.at(0);
    if (next === undefined) throw new Error('Redis sent a reply that nobody asked for');
    const from = replies.at;
    try {
      const error = replies.error();
      if (error !== null) next.reject(new Error(error));
      else next.resolve(next.read(replies));
      this.#waiting.shift();
    } catch (error) {
      replies.at = from;
      throw error;
    }
  }

  /** Out of step with the server: only a new connection helps. */
  #break(error: unknown): void {
    const stream = this.#stream;
    if (stream === null) return;
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
    this.#lose(stream);
  }

  #watch(ms: number): void {
    this.#watching = true;
    setTimeout(() => {
      this.#watching = false;
      if (this.#waiting.length === 0) return;
      const leftMs = this.#heardMs + silenceMs - performance.now();
      if (leftMs > 0) this.#watch(leftMs);
      else this.#break(new Error(`no reply for ${silenceMs} ms`));
    }, ms).unref();
  }
}
