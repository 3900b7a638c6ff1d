import { Redis, type RedisOptions } from 'ioredis';
import { AppError, DeadlineLine, messageOf } from '../../runtime/index.ts';
import type { OpenOptions } from '../open.ts';
import { callTimeoutMs, CommandPipe, type ReadReply } from './command-pipe.ts';
import { keepStringsFast } from './keep-strings-fast.ts';

keepStringsFast();

/** Silence on a socket that signs in; then it is taken for dead and connected anew. Afterwards `CommandPipe` watches it. */
const silenceMs = 500;
const firstConnectMs = 2_000;

/**
 * ioredis fails slowly unless told: by default a command waits over a minute for a dead server, and for ever for one that
 * swallows packets. It also keeps unbounded commands while it is away. A caller here has 600 ms in all.
 */
const everyConnection: RedisOptions = {
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  connectTimeout: 1_000,
  noDelay: true,
  retryStrategy: () => 100 + Math.random() * 400,
};

/** What `CommandPipe` reads. */
const forPipe: RedisOptions = { ...everyConnection, protocol: 2 };

/** For subscriptions: no time-out of its own, so whoever uses it must bound its waits. */
export const connectReader = (url: string): Redis => new Redis(url, everyConnection);

/** For blocking reads, by a pipe that knows how long they may take. */
export const connectBlocking = (url: string): Redis => new Redis(url, forPipe);

/** Commands of one port, over a connection that it shares with the other ports of the process. */
export class RedisCommands {
  readonly namespace: string;
  readonly #redis: Redis;
  readonly #pipe: CommandPipe;
  readonly #port: string;
  readonly #release: () => void;
  readonly #deadlines = new DeadlineLine(callTimeoutMs);
  #closed = false;

  constructor(port: string, namespace: string, { redis, pipe }: Shared, release: () => void) {
    this.#port = port;
    this.namespace = namespace;
    this.#redis = redis;
    this.#pipe = pipe;
    this.#release = release;
  }

  isUp(): boolean {
    return !this.#closed && this.#pipe.isOpen && this.#redis.status === 'ready';
  }

  /** Whatever goes wrong is `STORE_DOWN`, in bounded time; commands issued in one tick are one trip. */
  async call<T>(what: string, work: (pipe: CommandPipe) => Promise<T>): Promise<T> {
    this.assertOpen();
    if (!this.isUp()) throw this.#isAway();
    try {
      return await this.#deadlines.within(
        work(this.#pipe),
        () => new AppError('STORE_DOWN', `${what} took longer than ${callTimeoutMs} ms`),
      );
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError('STORE_DOWN', `${what}: ${messageOf(cause)}`, { cause });
    }
  }

  /** A call of one command: the same, at a third of the bookkeeping. */
  ask<T>(what: string, read: ReadReply<T>, ...words: string[]): Promise<T> {
    if (this.isUp()) return this.#pipe.ask(what, read, ...words);
    return Promise.reject(this.#closed ? this.#isClosed() : this.#isAway());
  }

  assertOpen(): void {
    if (this.#closed) throw this.#isClosed();
  }

  readonly #isClosed = (): AppError => new AppError('PORT_CLOSED', `${this.#port} is closed`);
  readonly #isAway = (): AppError => new AppError('STORE_DOWN', `${this.#port}: Redis is away (${this.#redis.status})`);

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
  }
}

interface Shared {
  redis: Redis;
  pipe: CommandPipe;
  users: number;
}

function connect(url: string): Shared {
  const redis = new Redis(url, { ...forPipe, socketTimeout: silenceMs });
  return { redis, pipe: new CommandPipe(redis), users: 0 };
}

const sharedConnections = new Map<string, Shared>();

/**
 * The process's one command connection for this URL and namespace, so that `Answers.latest` and `Histories.version` in one
 * tick are one trip. Resolves when connected, or after 2 s without: it goes on trying by itself.
 */
export async function openCommands(port: string, url: string, options: OpenOptions): Promise<RedisCommands> {
  const namespace = options.namespace ?? 'reelay';
  const key = `${url} ${namespace}`;
  const shared = sharedConnections.get(key) ?? connect(url);
  sharedConnections.set(key, shared);
  shared.users++;
  const forget = reportOutages(shared.redis, port, options);
  await firstReady(shared.redis, options.connectWaitMs);
  return new RedisCommands(port, namespace, shared, () => {
    forget();
    shared.users--;
    if (shared.users > 0) return;
    sharedConnections.delete(key);
    silence(shared.redis);
    shared.redis.disconnect();
  });
}

/** Tells the first error of each outage; ioredis repeats it with every attempt, and writes it to stderr when nobody listens. */
export function reportOutages(redis: Redis, port: string, { onProblem }: OpenOptions): () => void {
  let told = false;
  const onError = (error: Error): void => {
    if (!told) onProblem?.({ port, code: 'STORE_DOWN', message: error.message });
    told = true;
  };
  const onReady = (): void => {
    told = false;
  };
  redis.on('error', onError).on('ready', onReady);
  return () => void redis.off('error', onError).off('ready', onReady);
}

/** A connection that is being closed may still fail; that is nobody's business any more. */
export const silence = (redis: Redis): void => void redis.on('error', () => {});

/** Settles when the connection is ready, ended, or after `ms`. */
export function firstReady(redis: Redis, ms = firstConnectMs): Promise<void> {
  if (redis.status === 'ready') return Promise.resolve();
  return new Promise((resolve) => {
    const settle = (): void => {
      clearTimeout(timer);
      redis.off('ready', settle).off('end', settle);
      resolve();
    };
    const timer = setTimeout(settle, ms);
    redis.on('ready', settle).on('end', settle);
  });
}
