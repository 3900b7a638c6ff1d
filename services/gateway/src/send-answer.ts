import type { ServerResponse } from 'node:http';
import type { ErrorResponse, RecommendResponse } from '@reelay/shared/contracts';
import type { LegacyRoute } from './legacy-route.ts';

const text = 'text/plain; charset=utf-8';
const json = 'application/json; charset=utf-8';

/**
 * JSON, or text: status 200 and one line, ids joined by `,`, best first; no space, no quote, no line end.
 */
export function sendAnswer(response: ServerResponse, answer: RecommendResponse, asJson: boolean): void {
  response.setHeader('X-Request-Id', answer.requestId);
  response.setHeader('Vary', 'Accept');
  if (asJson) send(response, 200, json, JSON.stringify(answer));
  else send(response, 200, text, answer.items.map(({ id }) => id).join(','));
}

/** The same in the form of an older service. */
export function sendLegacyAnswer(response: ServerResponse, answer: RecommendResponse, legacy: LegacyRoute): void {
  const body = legacy.bodyOf(answer.items.map(({ id }) => id));
  if (body === null) return sendAnswer(response, answer, false);
  response.setHeader('X-Request-Id', answer.requestId);
  send(response, 200, json, JSON.stringify(body));
}

/** Every 4xx and 5xx has this body. */
export function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  const body: ErrorResponse = { error: { code, message } };
  send(response, status, json, JSON.stringify(body));
}

/** Without express: its `send` looks up the type, takes it apart and puts it together again for each answer. */
function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
