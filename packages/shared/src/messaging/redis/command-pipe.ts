import type { Redis } from 'ioredis';
import { AppError } from '../../runtime/index.ts';
import { ReplyIncomplete, ReplyReader } from './reply-reader.ts';

/** Takes a reply from the bytes. May be called again with more of them, so it changes nothing else. */
export type ReadReply<T> = (reply: ReplyReader) => T;

interface Waiting {
  read: ReadReply<unknown>;
  resolve(result: unknown): void;
  reject(error: Error): void;
  /** What it is asked for; empty where somebody else bounds the call and names its error. */
  what: string;
  dueMs: number;
}

/** A call waits at most this long, whether its commands are on their way or queue behind a dead pipeline. */
export const callTimeoutMs = 230;

/** Silence on a socket that owes replies; then it is taken for dead and connected anew. */
const usualSilenceMs = 500;

/**
 * Commands out, replies in, in one order, over the socket of a client that connects it, signs in and connects it again. The client's own way of a
 * command (an object, two promises, a copy of each text of a reply) costs ten times as much as the command. What is asked within one turn is one write,
 * so one trip.
 */
export class CommandPipe {
  readonly #silenceMs: number;
  #stream: Redis['stream'] | null = null;
  #waiting: Waiting[] = [];
  #out = '';
  /** Of what is to go out: then bytes and characters are the same, and nothing has to be encoded. */
  #isAscii = true;
  #rest: Buffer | null = null;
  #heardMs = 0;
  #watching = false;
  /** When the commands of this turn were asked for. */
  #turnMs = 0;
  #bounding = false;

  constructor(redis: Redis, silenceMs = usualSilenceMs) {
    this.#silenceMs = silenceMs;
    redis.on('ready', () => this.#take(redis.stream));
  }

  get isOpen(): boolean {
    return this.#stream !== null;
  }

  /** Resolves with what `read` makes of the reply; rejects with an error reply, and when the connection ends first. */
  send<T>(read: ReadReply<T>, ...words: string[]): Promise<T> {
    return this.#put('', read, words);
  }

  /** The same for a call of one command: `STORE_DOWN`, whatever goes wrong, and after `callTimeoutMs`. */
  ask<T>(what: string, read: ReadReply<T>, ...words: string[]): Promise<T> {
    if (!this.#bounding) this.#bound(callTimeoutMs);
    return this.#put(what, read, words);
  }

  #put<T>(what: string, read: ReadReply<T>, words: string[]): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiting = { read, resolve, reject, what, dueMs: Infinity };
      if (this.#stream === null) return fail(waiting, 'not connected');
      if (this.#out === '') this.#beginTurn();
      this.#add(words);
      if (what !== '') waiting.dueMs = this.#turnMs + callTimeoutMs;
      this.#waiting.push(waiting);
    });
  }

  #beginTurn(): void {
    this.#turnMs = performance.now();
    if (this.#waiting.length === 0) this.#heardMs = this.#turnMs;
    setImmediate(() => this.#flush());
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
    for (const waiting of this.#waiting.splice(0)) fail(waiting, 'the connection ended');
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
    if (!this.#watching) this.#watch(this.#silenceMs);
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
      if (error !== null) fail(next, error);
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

  /** One timer for all calls: they all wait equally long, so they end in the order in which they began. It never keeps a process. */
  #bound(ms: number): void {
    this.#bounding = true;
    setTimeout(() => {
      this.#bounding = false;
      const nowMs = performance.now();
      for (const waiting of this.#waiting) {
        // A timer may come a little early; what is due within a millisecond is due.
        if (waiting.dueMs > nowMs + 1) {
          if (waiting.dueMs < Infinity) return this.#bound(waiting.dueMs - nowMs);
          continue;
        }
        // Its reply may still come, and then belongs to nobody.
        waiting.dueMs = Infinity;
        waiting.reject(new AppError('STORE_DOWN', `${waiting.what} took longer than ${callTimeoutMs} ms`));
      }
    }, ms).unref();
  }

  #watch(ms: number): void {
    this.#watching = true;
    setTimeout(() => {
      this.#watching = false;
      if (this.#waiting.length === 0) return;
      const leftMs = this.#heardMs + this.#silenceMs - performance.now();
      if (leftMs > 0) this.#watch(leftMs);
      else this.#break(new Error(`no reply for ${this.#silenceMs} ms`));
    }, ms).unref();
  }
}

const fail = ({ what, reject }: Waiting, message: string): void =>
  reject(what === '' ? new Error(message) : new AppError('STORE_DOWN', `${what}: ${message}`));
