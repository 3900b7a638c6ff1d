import { messageOf } from '@reelay/shared/runtime';
import { readDetailsAnswer, type DetailsAnswer, type DetailsReader } from './read-details-answer.ts';

const bodyBytesMax = 8 * 1024 * 1024;
const retryAfterMsMax = 300_000;

interface FetchOptions<Row> {
  /** `GET <url>/<id>`; user and password in it are sent as basic authentication. */
  url: string;
  reader: DetailsReader<Row>;
  timeoutMs: number;
}

/** Asks for the ids, several joined by `,`. */
export type FetchDetails<Row> = (ids: string[], signal: AbortSignal) => Promise<DetailsAnswer<Row>>;

/** Over HTTP. Never throws: what goes wrong is an outcome. Bounded in time and in bytes. */
export function createDetailsFetcher<Row>({ url, reader, timeoutMs }: FetchOptions<Row>): FetchDetails<Row> {
  const { base, headers } = addressOf(url);
  return async (ids, signal) => {
    try {
      // Movie ids go as they are: `+` and the percent codes of 2019 are how the course writes them.
      const response = await fetch(`${base}/${ids.join(',')}`, {
        headers,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const text = await textOf(response);
      return readDetailsAnswer(reader, ids, { status: response.status, text, retryAfterMs: retryAfterOf(response) });
    } catch (error) {
      return { outcome: 'down', reason: reasonOf(error), retryAfterMs: 0 };
    }
  };
}

function addressOf(url: string): { base: string; headers: Record<string, string> } {
  const address = new URL(url);
  const { username, password } = address;
  address.username = '';
  address.password = '';
  const base = address.href.replace(/\/+$/, '');
  if (username === '') return { base, headers: {} };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { base, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    // Leaving the loop ends the connection.
    if (bytes > bodyBytesMax) throw new Error(`an answer of more than ${bodyBytesMax} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Seconds only; the other form, a date, would need a clock that agrees with ours. */
function retryAfterOf(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) ? Math.min(retryAfterMsMax, Math.max(0, seconds * 1_000)) : 0;
}

const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error);
