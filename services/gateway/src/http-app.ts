import express, { type Express, type Request, type Response, type Router } from 'express';
import { AppError, errorCode, messageOf, type ErrorCode } from '@reelay/shared/runtime';
import { sendAnswer, sendError } from './send-answer.ts';
import type { Reply } from './answer-request.ts';
import type { Asking } from './handle-recommend.ts';
import { readAsking } from './read-asking.ts';

export interface HttpAppDeps {
  /** Throws `USER_ID_INVALID`, `REQUEST_INVALID` and `NOT_RUNNING`. */
  recommend: (asking: Asking) => Promise<Reply>;
  isReady: () => boolean;
  /** Further routes. */
  keyed: Router;
}

/** The public routes. Every error is JSON with a code; nothing that was sent is repeated in it. */
export function createHttpApp({ recommend, isReady, keyed }: HttpAppDeps): Express {
  const app = express();
  // An ETag costs a hash of each answer and serves nobody: answers change with every event.
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.get('/healthz', (_request, response) => {
    response.status(isReady() ? 200 : 503).json({ status: isReady() ? 'ok' : 'starting' });
  });
  // `use` and not a route with a parameter: a parameter is percent-decoded before anybody can look at it.
  app.use('/recommend', (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    const asking = readAsking(request);
    recommend(asking)
      .then((reply) => sendAnswer(response, reply.response, asking.wantsJson))
      .catch(next);
  });
  app.use(keyed);
  app.use(() => {
    throw new AppError('NOT_FOUND', 'no such route');
  });
  app.use((error: unknown, _request: Request, response: Response, next: (error: unknown) => void) => {
    if (response.headersSent) return next(error);
    const { status, code, message } = describe(error);
    sendError(response, status, code, message);
  });
  return app;
}

const statusOf: Partial<Record<ErrorCode, number>> = {
  USER_ID_INVALID: 400,
  REQUEST_INVALID: 400,
  KEY_REQUIRED: 401,
  NOT_FOUND: 404,
  UNSUPPORTED: 501,
  NOT_RUNNING: 503,
  QUEUE_DOWN: 503,
  LEDGER_DOWN: 503,
};

function describe(error: unknown): { status: number; code: string; message: string } {
  const code = errorCode(error);
  if (code !== undefined && statusOf[code] !== undefined)
    return { status: statusOf[code], code, message: messageOf(error) };
  if (isBadRequest(error)) return { status: 400, code: 'REQUEST_INVALID', message: 'the request cannot be read' };
  return { status: 500, code: 'INTERNAL', message: 'something went wrong' };
}

const isBadRequest = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'status' in error && Number(error.status) < 500;
