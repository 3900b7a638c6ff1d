import type { Response } from 'express';
import type { ErrorResponse, RecommendResponse } from '@reelay/shared/contracts';
import type { LegacyRoute } from './legacy-route.ts';

/**
 * JSON, or text: status 200 and one line, ids joined by `,`, best first; no space, no quote, no line end.
 */
export function sendAnswer(response: Response, answer: RecommendResponse, asJson: boolean): void {
  response.status(200).set('X-Request-Id', answer.requestId).vary('Accept');
  if (asJson) response.json(answer);
  else response.type('text/plain').send(answer.items.map(({ id }) => id).join(','));
}

/** The same in the form of an older service. */
export function sendLegacyAnswer(response: Response, answer: RecommendResponse, legacy: LegacyRoute): void {
  const body = legacy.bodyOf(answer.items.map(({ id }) => id));
  if (body === null) return sendAnswer(response, answer, false);
  response.status(200).set('X-Request-Id', answer.requestId).json(body);
}

/** Every 4xx and 5xx has this body. */
export function sendError(response: Response, status: number, code: string, message: string): void {
  const body: ErrorResponse = { error: { code, message } };
  response.status(status).json(body);
}
