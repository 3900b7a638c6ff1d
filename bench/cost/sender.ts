import { connect, type Socket } from 'node:net';
import { answerQuestions } from './part-process.ts';
import { answerLength } from './read-answer.ts';

/** What the load sender is asked for: so many requests, closed loop (`inFlight`) or open loop (`rate` a second). */
export interface Load {
  port: number;
  total: number;
  inFlight?: number;
  rate?: number;
  /** Path of the n-th request is `prefix` + user; users go round from `firstUser` on. */
  prefix?: string;
  firstUser: number;
  users: number;
}

export interface LoadResult {
  seconds: number;
  answers: number;
  /** Not a 200 with a list of 20. */
  wrong: number;
  p50Ms: number;
  p99Ms: number;
}

interface Line {
  socket: Socket;
  dueAt: number;
  rest: Buffer | null;
}

const connectionsMax = 256;

/** Keep-alive connections with one request each at a time, written and read as bytes: an HTTP client would cost as much as the gateway. */
async function send({
  port,
  total,
  inFlight,
  rate,
  prefix = '/recommend/',
  firstUser,
  users,
}: Load): Promise<LoadResult> {
  const latencies = new Float64Array(total);
  const idle: Line[] = [];
  const lines = await Promise.all(Array.from({ length: inFlight ?? connectionsMax }, () => open(port)));
  let [sent, answered, wrong] = [0, 0, 0];
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const ask = (line: Line, dueAt: number): void => {
      line.dueAt = dueAt;
      line.socket.write(`GET ${prefix}${firstUser + (sent++ % users)} HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n`);
    };
    const settle = (line: Line, isRight: boolean): void => {
      latencies[answered++] = performance.now() - line.dueAt;
      if (!isRight) wrong++;
      if (answered === total) return resolve();
      if (inFlight === undefined) idle.push(line);
      else if (sent < total) ask(line, performance.now());
    };
    for (const line of lines) {
      line.socket.on('data', (chunk: Buffer) => {
        const bytes = line.rest ? Buffer.concat([line.rest, chunk]) : chunk;
        const found = answerLength(bytes);
        line.rest = found === null ? bytes : null;
        if (found) settle(line, found.isList);
      });
      line.socket.on('close', () => reject(new Error('a connection was closed')));
    }
    if (inFlight !== undefined) for (const line of lines.slice(0, total)) ask(line, started);
    else {
      idle.push(...lines);
      const tick = (): void => {
        const due = Math.min(total, Math.floor(((performance.now() - started) * (rate ?? 1)) / 1_000) + 1);
        const next = idle.splice(0, Math.max(0, due - sent));
        for (const line of next) ask(line, started + (sent * 1_000) / (rate ?? 1));
        if (sent < total) setTimeout(tick, 1);
      };
      tick();
    }
  });
  const seconds = (performance.now() - started) / 1_000;
  for (const { socket } of lines) socket.removeAllListeners('close').destroy();
  latencies.sort();
  const at = (share: number): number => latencies[Math.min(total - 1, Math.floor(share * total))];
  return { seconds, answers: answered, wrong, p50Ms: at(0.5), p99Ms: at(0.99) };
}

const open = (port: number): Promise<Line> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => resolve({ socket, dueAt: 0, rest: null }));
  });

answerQuestions(send);
