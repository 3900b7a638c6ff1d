import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { Asking } from './handle-recommend.ts';

/** A request of the route in which `request` was mounted, as it was sent: nothing is decoded yet. */
export function readAsking(request: Request): Asking {
  return {
    ...partsOf(request.url, 1),
    wantsJson: prefersJson(request),
    timeoutMs: timeoutOf(request.headers[timeoutHeader]),
  };
}

const route = '/recommend/';

/** What most callers send; anything else takes a real look at its grammar. */
export const wantsJsonBy = new Map([
  ['*/*', false],
  ['text/plain', false],
  ['application/json', true],
]);

/** The same for a request that no router has seen; null for one that is not `GET /recommend/…`, or whose `Accept` needs a closer look. */
export function readPlainAsking({ method, url = '', headers }: IncomingMessage): Asking | null {
  if (method !== 'GET' || !url.startsWith(route)) return null;
  const wantsJson = wantsJsonBy.get(headers.accept ?? '*/*');
  if (wantsJson === undefined) return null;
  return { ...partsOf(url, route.length), wantsJson, timeoutMs: timeoutOf(headers[timeoutHeader]) };
}

/** Segment and query as they were sent; the segment without one slash at the end. */
export function partsOf(url: string, from: number): Pick<Asking, 'segment' | 'query'> {
  const mark = url.indexOf('?', from);
  const path = mark === -1 ? url.slice(from) : url.slice(from, mark);
  return { segment: path.endsWith('/') ? path.slice(0, -1) : path, query: mark === -1 ? '' : url.slice(mark + 1) };
}

/** Text for whoever does not prefer JSON. */
export const prefersJson = (request: Request): boolean =>
  request.accepts(['text/plain', 'application/json']) === 'application/json';

export const timeoutHeader = 'x-request-timeout-ms';

/** In how many milliseconds the caller gives up. What is no such number is not there. */
export function timeoutOf(text: IncomingHttpHeaders[string]): number | null {
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
