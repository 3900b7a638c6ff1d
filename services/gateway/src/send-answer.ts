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

export const sendAnswer = (send: Send, answer: RecommendResponse): void =>
  sendJson(send, 200, answer, ownHeaders(answer));

/**
 * Status 200 and one line, ids joined by `,`, best first; no space, no quote, no line end. Movie ids are ASCII by their grammar: a character is a byte, so nothing is
 * counted and nothing is encoded.
 */
export function sendLine(send: Send, answer: RecommendResponse, line = lineOf(answer.items)): void {
  const headers = ['Content-Type', text, 'Content-Length', String(line.length), ...ownHeaders(answer)];
  send(200, headers, line, 'latin1');
}

export const lineOf = (items: RecommendResponse['items']): string => items.map(({ id }) => id).join(',');

const ownHeaders = ({ requestId }: RecommendResponse): string[] => ['X-Request-Id', requestId, 'Vary', 'Accept'];

/** The same in the form of an older service. */
export function sendLegacyAnswer(send: Send, answer: RecommendResponse, legacy: LegacyRoute): void {
  const body = legacy.bodyOf(answer.items.map(({ id }) => id));
  if (body === null) return sendLine(send, answer);
  sendJson(send, 200, body, ['X-Request-Id', answer.requestId]);
}

/** Every 4xx and 5xx has this body. */
export function sendError(send: Send, status: number, code: string, message: string): void {
  const body: ErrorResponse = { error: { code, message } };
  sendJson(send, status, body, []);
}

function sendJson(send: Send, status: number, value: unknown, own: string[]): void {
  const body = JSON.stringify(value);
  send(status, ['Content-Type', json, 'Content-Length', String(Buffer.byteLength(body)), ...own], body, 'utf8');
}
