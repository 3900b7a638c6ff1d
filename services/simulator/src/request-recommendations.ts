import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { isMovieId } from '@reelay/shared/contracts';
import type { Clock } from '@reelay/shared/runtime';
import { errorTexts, type Peer, type RequestResult } from './format-line.ts';

/** Asks for one user. Never rejects: what went wrong is a result with status 0. */
export type Recommend = (userId: number) => Promise<RequestResult>;

export interface Requester {
  recommend: Recommend;
  /** Requests in hand. */
  readonly inFlight: number;
  /** Gives up what is in hand and closes the connections. */
  close(): void;
}

export interface RequesterOptions {
  /** `http://host:port` of the service under test. */
  baseUrl: string;
  clock: Clock;
  /** From the call to the last byte; 600 ms as in the course since 2025. */
  deadlineMs?: number;
}

const bodyBytesMax = 64 * 1024;

/** The course's client: keep-alive, no redirects, 2xx with a plain list or nothing, and what comes late does not count. */
export function createRequester({ baseUrl, clock, deadlineMs = 600 }: RequesterOptions): Requester {
  const url = new URL(baseUrl);
  // Not longer than a sound server's keep-alive, so that we do not write to a connection that is being closed.
  const agent = new Agent({ keepAlive: true, timeout: 60_000, maxSockets: Infinity });
  const open = new Set<ClientRequest>();
  const peer = peerOf(url);

  function ask(userId: number): Promise<string[]> {
    return new Promise((resolve, reject) => {
      let answered = false;
      const asked = request(new URL(`/recommend/${userId}`, url), { agent }, (response) => {
        answered = true;
        readList(response).then(resolve, (error: Error) => reject(new Error(textOf(error, peer))));
      });
      const giveUp = clock.after(deadlineMs, () => {
        // First the reason: what the destroyed connection says of itself comes later and is not heard.
        reject(new Error(errorTexts.timeout(peer, deadlineMs)));
        asked.destroy();
      });
      open.add(asked);
      asked.on('error', (error: NodeJS.ErrnoException) => reject(new Error(textOf(error, peer))));
      asked.once('close', () => {
        giveUp();
        open.delete(asked);
        // With an answer under way, its reader has the say.
        if (!answered) reject(new Error(errorTexts.closed()));
      });
      asked.end();
    });
  }

  return {
    async recommend(userId) {
      const start = clock.monotonicMs();
      const latencyMs = () => Math.round(clock.monotonicMs() - start);
      try {
        const movieIds = await ask(userId);
        return { status: 200, movieIds, latencyMs: latencyMs() };
      } catch (error) {
        return { status: 0, error: (error as Error).message, latencyMs: latencyMs() };
      }
    },
    get inFlight() {
      return open.size;
    },
    close() {
      for (const asked of open) asked.destroy(new Error(errorTexts.closed()));
      agent.destroy();
    },
  };
}

const peerOf = ({ hostname, port }: URL): Peer => ({ host: hostname, address: hostname, port: Number(port || 80) });

function textOf(error: NodeJS.ErrnoException, peer: Peer): string {
  if (error.code === 'ECONNREFUSED') return errorTexts.refused(peer);
  return error.code === undefined ? error.message : errorTexts.closed();
}

/** The list of an answer, or an error with the text that the log shows. */
async function readList(response: IncomingMessage): Promise<string[]> {
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) {
    response.resume();
    throw new Error(errorTexts.unexpectedStatus(status));
  }
  let body = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    body += chunk;
    if (body.length > bodyBytesMax) throw new Error(errorTexts.unreadable());
  }
  const movieIds = body.trimEnd().split(/, ?/);
  const plain = response.headers['content-type']?.startsWith('text/plain') ?? false;
  if (!plain || movieIds.length > 20 || !movieIds.every(isMovieId)) throw new Error(errorTexts.unreadable());
  return movieIds;
}
