import { connect, type Socket } from 'node:net';
import { answerQuestions } from './part-process.ts';
import { answerLength } from './read-answer.ts';

/** What the load sender is asked for: so many requests, closed loop (`inFlight`) or open loop (`rate` a second). */
export interface Load {
  port: number;
  total: number;
  inFlight?: number;
  rate?: number;
  /** Users go round from `firstUser` on. */
  firstUser: number;
  users: number;
}

export interface LoadResult {
  seconds: number;
  answers: number;
  /** Not a 200 with a list of 20. */
  wrong: number;
  /** From the moment at which a request was due (open loop) or sent. */
  p50Ms: number;
  p99Ms: number;
}

interface Line {
  socket: Socket;
  dueAt: number;
  /** The beginning of an answer whose end has not come yet. */
  rest: Buffer | null;
}

/** Open loop: beyond so many unanswered requests the next ones wait, and their time runs. */
const connectionsMax = 256;

/** Keep-alive connections with one request each at a time, written and read as bytes: an HTTP client would cost as much as the gateway. */
class Sending {
  readonly #load: Load;
  readonly #latencies: Float64Array;
  readonly #started = performance.now();
  readonly #done = Promise.withResolvers<void>();
  #idle: Line[] = [];
  #sent = 0;
  #answered = 0;
  #wrong = 0;

  constructor(load: Load) {
    this.#load = load;
    this.#latencies = new Float64Array(load.total);
  }

  async run(sockets: Socket[]): Promise<LoadResult> {
    const lines = sockets.map((socket) => this.#listen({ socket, dueAt: 0, rest: null }));
    if (this.#load.inFlight === undefined) {
      this.#idle = lines;
      this.#tick(this.#load.rate ?? 1);
    } else {
      for (const line of lines.slice(0, this.#load.total)) this.#ask(line, this.#started);
    }
    await this.#done.promise;
    return this.#result();
  }

  #listen(line: Line): Line {
    line.socket.on('data', (chunk: Buffer) => {
      const bytes = line.rest ? Buffer.concat([line.rest, chunk]) : chunk;
      const found = answerLength(bytes);
      line.rest = found === null ? bytes : null;
      if (found) this.#settle(line, found.isList);
    });
    line.socket.on('close', () => this.#done.reject(new Error('a connection was closed')));
    return line;
  }

  #ask(line: Line, dueAt: number): void {
    line.dueAt = dueAt;
    const userId = this.#load.firstUser + (this.#sent++ % this.#load.users);
    line.socket.write(`GET /recommend/${userId} HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n`);
  }

  #settle(line: Line, isRight: boolean): void {
    this.#latencies[this.#answered++] = performance.now() - line.dueAt;
    if (!isRight) this.#wrong++;
    if (this.#answered === this.#load.total) this.#done.resolve();
    else if (this.#load.inFlight === undefined) this.#idle.push(line);
    else if (this.#sent < this.#load.total) this.#ask(line, performance.now());
  }

  /** Sends what is due by now, whatever the answers do. */
  #tick(rate: number): void {
    const due = Math.min(this.#load.total, Math.floor(((performance.now() - this.#started) * rate) / 1_000) + 1);
    const next = this.#idle.splice(0, Math.max(0, due - this.#sent));
    for (const line of next) this.#ask(line, this.#started + (this.#sent * 1_000) / rate);
    if (this.#sent < this.#load.total) setTimeout(() => this.#tick(rate), 1);
  }

  #result(): LoadResult {
    const seconds = (performance.now() - this.#started) / 1_000;
    this.#latencies.sort();
    const at = (share: number): number => this.#latencies[Math.floor(share * (this.#load.total - 1))];
    return { seconds, answers: this.#answered, wrong: this.#wrong, p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}

const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });

answerQuestions(async (load: Load) => {
  const sockets = await Promise.all(Array.from({ length: load.inFlight ?? connectionsMax }, () => open(load.port)));
  try {
    return await new Sending(load).run(sockets);
  } finally {
    for (const socket of sockets) socket.removeAllListeners('close').destroy();
  }
});
