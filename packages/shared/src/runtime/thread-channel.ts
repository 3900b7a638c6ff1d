import { AppError, type ErrorCode } from './errors.ts';

/**
 * Objects of one thread, called from another as if they were here: async methods, arguments and results by structured clone. A
 * function in an argument or a result travels as a reference and is called back across the channel.
 *
 * Each side exposes objects by name and asks for the other's by `remote`. Errors keep their code. When the channel closes, calls in flight end with
 * `PORT_CLOSED` and so does every later one.
 */
export interface ThreadChannel {
  /**
   * A stand-in for the other side's object `name`. Every method becomes a call; `local` answers members that cannot wait
   * (constants, synchronous methods).
   */
  remote<T extends object>(name: string, local?: Partial<T>): T;
  close(): void;
}

type Encoded = { value: unknown; functions: [path: string, id: number][] };
type Message =
  | { kind: 'call'; id: number; target: string; method: string; args: Encoded }
  | { kind: 'callback'; id: number; fn: number; args: Encoded }
  | { kind: 'result'; id: number; result: Encoded }
  | { kind: 'failure'; id: number; error: { code?: ErrorCode; message: string } };

/** Most calls in flight, so that a side that stopped answering cannot fill the memory of the other. */
const inFlightMax = 50_000;

/** The end of a channel as this file uses it: a `MessagePort`, a `Worker`, or a thread's `parentPort`. */
export interface ThreadPort {
  postMessage(message: unknown): void;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  close?(): void;
}

export function openThreadChannel(port: ThreadPort, exposed: Record<string, object> = {}): ThreadChannel {
  return new Channel(port, exposed);
}

class Channel implements ThreadChannel {
  readonly #port: ThreadPort;
  readonly #exposed: Record<string, object>;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  readonly #functions = new Map<number, (...args: unknown[]) => unknown>();
  #nextId = 1;
  #closed = false;

  constructor(port: ThreadPort, exposed: Record<string, object>) {
    this.#port = port;
    this.#exposed = exposed;
    port.on('message', (message) => this.#receive(message as Message));
    port.on('close', () => this.#end());
  }

  remote<T extends object>(name: string, local: Partial<T> = {}): T {
    const call = (method: string, args: unknown[]) =>
      this.#ask({ kind: 'call', target: name, method, args: this.#encode(args) });
    return new Proxy(local as T, {
      get(target, key) {
        // A promise is asked for `then`; a stand-in must not look like one.
        if (typeof key === 'symbol' || key === 'then') return undefined;
        if (key in target) return target[key as keyof T];
        return (...args: unknown[]) => call(key, args);
      },
    });
  }

  close(): void {
    this.#port.close?.();
    this.#end();
  }

  #end(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(new AppError('PORT_CLOSED', 'the other thread is gone'));
    this.#waiting.clear();
    this.#functions.clear();
  }

  #ask(question: Omit<Extract<Message, { kind: 'call' }>, 'id'> | Omit<Extract<Message, { kind: 'callback' }>, 'id'>) {
    if (this.#closed) return Promise.reject(new AppError('PORT_CLOSED', 'the other thread is gone'));
    if (this.#waiting.size >= inFlightMax)
      return Promise.reject(new AppError('TIMEOUT', 'the other thread does not answer'));
    const id = this.#nextId++;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#port.postMessage({ ...question, id });
    });
  }

  #receive(message: Message): void {
    if (message.kind === 'result') this.#settle(message.id)?.resolve(this.#decode(message.result));
    else if (message.kind === 'failure') this.#settle(message.id)?.reject(asError(message.error));
    else void this.#serve(message);
  }

  #settle(id: number) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  async #serve(message: Extract<Message, { kind: 'call' | 'callback' }>): Promise<void> {
    let reply: Message;
    try {
      const result = await this.#run(message);
      reply = { kind: 'result', id: message.id, result: this.#encode(result) };
    } catch (error) {
      const code = error instanceof AppError ? error.code : undefined;
      reply = {
        kind: 'failure',
        id: message.id,
        error: { code, message: error instanceof Error ? error.message : String(error) },
      };
    }
    if (!this.#closed) this.#port.postMessage(reply);
  }

  #run(message: Extract<Message, { kind: 'call' | 'callback' }>): unknown {
    const args = this.#decode(message.args) as unknown[];
    if (message.kind === 'callback') return this.#functions.get(message.fn)?.(...args);
    const target = this.#exposed[message.target] as Record<string, (...args: unknown[]) => unknown> | undefined;
    if (typeof target?.[message.method] !== 'function') {
      throw new AppError('UNSUPPORTED', `the other thread has no ${message.target}.${message.method}`);
    }
    return target[message.method](...args);
  }

  /** Takes functions out of the top level and of the members of plain arguments and results. */
  #encode(value: unknown): Encoded {
    const functions: [string, number][] = [];
    return { value: this.#withoutFunctions(value, '', functions, 0), functions };
  }

  #withoutFunctions(value: unknown, path: string, found: [string, number][], depth: number): unknown {
    if (typeof value === 'function') {
      const id = this.#nextId++;
      this.#functions.set(id, value as (...args: unknown[]) => unknown);
      found.push([path, id]);
      return undefined;
    }
    // Functions stand in argument lists and in small objects of methods; rows and arrays of data are not searched.
    if (depth >= 2 || !isPlain(value)) return value;
    if (Array.isArray(value)) {
      return depth === 0
        ? value.map((entry, index) => this.#withoutFunctions(entry, `${path}/${index}`, found, depth + 1))
        : value;
    }
    const entries = Object.entries(value).map(([key, entry]) => [
      key,
      this.#withoutFunctions(entry, `${path}/${key}`, found, depth + 1),
    ]);
    return Object.fromEntries(entries) as unknown;
  }

  #decode({ value, functions }: Encoded): unknown {
    let whole = value;
    for (const [path, id] of functions) {
      const stand = (...args: unknown[]) => this.#ask({ kind: 'callback', fn: id, args: this.#encode(args) });
      const keys = path.split('/').slice(1);
      if (keys.length === 0) whole = stand;
      else setAt(whole, keys, stand);
    }
    return whole;
  }
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);

function setAt(whole: unknown, keys: string[], value: unknown): void {
  let place = whole as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) place = place[key] as Record<string, unknown>;
  place[keys.at(-1) as string] = value;
}

const asError = ({ code, message }: { code?: ErrorCode; message: string }): Error =>
  code ? new AppError(code, message) : new Error(message);
