import type { ServerResponse } from 'node:http';
import type { ErrorResponse, RecommendResponse } from '@reelay/shared/contracts';
import type { LegacyRoute } from './legacy-route.ts';

const text = 'text/plain; charset=utf-8';
const json = 'application/json; charset=utf-8';

/** Sends a whole answer. `headers`: names and values in turns; whoever holds the connection adds those of its own. */
export type Send = (status: number, headers: string[], body: string, encoding: 'utf8' | 'latin1') => void;

/**
 * Without express: its `send` looks up the type, takes it apart and puts it together again for each answer. Node takes a list of headers as it is,
 * where each `setHeader` has a table to keep.
 */
export const sendBy =
  (response: ServerResponse): Send =>
  (status, headers, body, encoding) =>
    void response.writeHead(status, headers).end(body, encoding);

/**
 * JSON, or text: status 200 and one line, ids joined by `,`, best first; no space, no quote, no line end.
 */
export function sendAnswer(send: Send, answer: RecommendResponse, asJson: boolean): void {
  const own = ['X-Request-Id', answer.requestId, 'Vary', 'Accept'];
  if (asJson) sendJson(send, 200, answer, own);
  else sendLine(send, answer.items.map(({ id }) => id).join(','), own);
}

/** The same in the form of an older service. */
export function sendLegacyAnswer(send: Send, answer: RecommendResponse, legacy: LegacyRoute): void {
  const body = legacy.bodyOf(answer.items.map(({ id }) => id));
  if (body === null) return sendAnswer(send, answer, false);
  sendJson(send, 200, body, ['X-Request-Id', answer.requestId]);
}

/** Every 4xx and 5xx has this body. */
export function sendError(send: Send, status: number, code: string, message: string): void {
  const body: ErrorResponse = { error: { code, message } };
  sendJson(send, status, body, []);
}

/** Movie ids are ASCII by their grammar: a character is a byte, so nothing is counted and nothing is encoded. */
function sendLine(send: Send, line: string, own: string[]): void {
  send(200, ['Content-Type', text, 'Content-Length', String(line.length), ...own], line, 'latin1');
}

function sendJson(send: Send, status: number, value: unknown, own: string[]): void {
  const body = JSON.stringify(value);
  send(status, ['Content-Type', json, 'Content-Length', String(Buffer.byteLength(body)), ...own], body, 'utf8');
}
