import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** A 200 whose whole body arrived. */
export interface Answered {
  requestId: string;
  userId: number;
  /** Which of the base URLs gave it. */
  from: string;
  /** `performance.now()` of its last byte. */
  at: number;
}

export interface SteadyAsking {
  /** In the order in which they came. */
  readonly answered: readonly Answered[];
  /** Requests of one base URL under way. */
  inFlight(url: string): number;
  /** Sends nothing more; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

export interface SteadyOptions {
  urls: string[];
  users: number[];
  /** Askers; each waits for its answer before it asks again. */
  askers: number;
  /** Between an answer and the next request of the same asker. */
  pauseMs: number;
}

/** Asks in turn, whatever becomes of it: who gets no answer goes on with the next address. */
export function askSteadily({ urls, users, askers, pauseMs }: SteadyOptions): SteadyAsking {
  const agent = new Agent({ keepAlive: true });
  const answered: Answered[] = [];
  const inFlight = new Map(urls.map((url) => [url, 0]));
  const stopping = new AbortController();
  let turn = 0;

  const asker = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const [url, userId] = [urls[turn % urls.length], users[turn % users.length]];
      turn++;
      inFlight.set(url, inFlight.get(url)! + 1);
      const requestId = await ask(agent, `${url}/recommend/${userId}`);
      inFlight.set(url, inFlight.get(url)! - 1);
      if (requestId) answered.push({ requestId, userId, from: url, at: performance.now() });
      await pause(pauseMs);
    }
  };
  const asking = Promise.all(Array.from({ length: askers }, asker));
  return {
    answered,
    inFlight: (url) => inFlight.get(url) ?? 0,
    async stop() {
      stopping.abort();
      await asking;
      agent.destroy();
    },
  };
}

/** The id of an answer with status 200; empty for anything else. */
const ask = (agent: Agent, url: string): Promise<string> =>
  new Promise((resolve) => {
    const nothing = () => resolve('');
    const asked = request(url, { agent, timeout: 5_000 }, (response) => {
      response.resume();
      response.once('end', () => {
        const requestId = response.headers['x-request-id'];
        resolve(response.statusCode === 200 && typeof requestId === 'string' ? requestId : '');
      });
      response.once('error', nothing);
      response.once('aborted', nothing);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', nothing);
    asked.end();
  });
