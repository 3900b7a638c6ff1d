import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { Asking } from './handle-recommend.ts';

/** A request of the route in which `request` was mounted, as it was sent: nothing is decoded yet. */
export function readAsking(request: Request): Asking {
  const [path = '', ...query] = request.url.split('?');
  return {
    // Without one slash at the end.
    segment: path.slice(1).replace(/\/$/, ''),
    query: query.join('?'),
    wantsJson: prefersJson(request),
    timeoutMs: timeoutOf(request),
  };
}

/** Text for whoever does not prefer JSON. */
export const prefersJson = (request: Request): boolean =>
  request.accepts(['text/plain', 'application/json']) === 'application/json';

/** `X-Request-Timeout-Ms`: in how many milliseconds the caller gives up. What is no such number is not there. */
function timeoutOf({ headers }: IncomingMessage): number | null {
  const text = headers['x-request-timeout-ms'];
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
