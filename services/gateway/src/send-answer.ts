import type { ServerResponse } from 'node:http';
import type { ErrorResponse, RecommendResponse } from '@reelay/shared/contracts';
import type { LegacyRoute } from './legacy-route.ts';

const text = 'text/plain; charset=utf-8';
const json = 'application/json; charset=utf-8';

/**
 * JSON, or text: status 200 and one line, ids joined by `,`, best first; no space, no quote, no line end.
 */
export function sendAnswer(response: ServerResponse, answer: RecommendResponse, asJson: boolean): void {
  const own = ['X-Request-Id', answer.requestId, 'Vary', 'Accept'];
  if (asJson) send(response, 200, json, JSON.stringify(answer), own);
  else sendLine(response, answer.items.map(({ id }) => id).join(','), own);
}

/** The same in the form of an older service. */
export function sendLegacyAnswer(response: ServerResponse, answer: RecommendResponse, legacy: LegacyRoute): void {
  const body = legacy.bodyOf(answer.items.map(({ id }) => id));
  if (body === null) return sendAnswer(response, answer, false);
  send(response, 200, json, JSON.stringify(body), ['X-Request-Id', answer.requestId]);
}

/** Every 4xx and 5xx has this body. */
export function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  const body: ErrorResponse = { error: { code, message } };
  send(response, status, json, JSON.stringify(body));
}

/** Movie ids are ASCII by their grammar: a character is a byte, so nothing is counted and nothing is encoded. */
function sendLine(response: ServerResponse, line: string, own: string[]): void {
  response.writeHead(200, ['Content-Type', text, 'Content-Length', String(line.length), ...own]).end(line, 'latin1');
}

/**
 * Without express: its `send` looks up the type, takes it apart and puts it together again for each answer. `own`: further names and values, in
 * turns; Node takes such a list as it is, where each `setHeader` has a table to keep.
 */
function send(response: ServerResponse, status: number, type: string, body: string, own: string[] = []): void {
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, ['Content-Type', type, 'Content-Length', length, ...own]).end(body);
}
