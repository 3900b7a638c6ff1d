import { Agent, request } from 'node:http';

export interface OpenLoopOptions {
  /** Requests a second. */
  rate: number;
  /** When the n-th request is due, in milliseconds from the start, never falling; evenly at `rate` unless told. */
  dueMs?(index: number): number;
  /** How many in all; the loop ends when the last one has been answered or given up. */
  total: number;
  /** URL of the n-th request. */
  url(index: number): string;
  headers?: Record<string, string>;
  /** After this an unanswered request is given up and counted as unanswered. */
  giveUpMs?: number;
  /** Nothing more is sent once it is aborted; what is under way is waited for. */
  signal?: AbortSignal;
  onAnswer?(answer: OpenLoopAnswer): void;
}

export interface OpenLoopAnswer {
  index: number;
  /** HTTP status; 0 when there was no answer. */
  status: number;
  body: string;
  /** From the moment the request was *due*, so a stalled sender or server cannot hide its queue. */
  latencyMs: number;
  /** `performance.now()` of that moment. */
  dueAt: number;
}

/**
 * Sends at a fixed rate whatever the answers do (no coordinated omission): a slow server does not make the sender
 * wait, and lateness counts from the time a request was due.
 */
export async function sendOpenLoop(options: OpenLoopOptions): Promise<OpenLoopAnswer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
  const dueMs = (index: number): number => options.dueMs?.(index) ?? (index * 1_000) / options.rate;
  const started = performance.now();
  const inFlight: Promise<OpenLoopAnswer>[] = [];
  try {
    await new Promise<void>((resolve) => {
      const tick = () => {
        const elapsedMs = performance.now() - started;
        while (inFlight.length < options.total && dueMs(inFlight.length) <= elapsedMs) {
          const index = inFlight.length;
          inFlight.push(sendOne(options, agent, index, started + dueMs(index)));
        }
        if (inFlight.length >= options.total || options.signal?.aborted) return resolve();
        setTimeout(tick, 1);
      };
      tick();
    });
    return await Promise.all(inFlight);
  } finally {
    agent.destroy();
  }
}

function sendOne(options: OpenLoopOptions, agent: Agent, index: number, dueAt: number): Promise<OpenLoopAnswer> {
  return new Promise((resolve) => {
    const finish = (status: number, body: string) => {
      clearTimeout(timer);
      const answer = { index, status, body, latencyMs: performance.now() - dueAt, dueAt };
      options.onAnswer?.(answer);
      resolve(answer);
    };
    const asked = request(options.url(index), { agent, headers: options.headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => finish(response.statusCode ?? 0, body));
      response.on('error', () => finish(0, ''));
    });
    const timer = setTimeout(() => asked.destroy(), options.giveUpMs ?? 5_000);
    asked.on('error', () => finish(0, ''));
    asked.end();
  });
}

/** The value below which a share `q` (0 to 1) of `values` lies; NaN for none. */
export function percentile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
