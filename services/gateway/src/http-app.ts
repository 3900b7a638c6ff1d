import type { RequestListener } from 'node:http';
import express, { type Express, type Request, type Response, type Router } from 'express';
import { AppError, errorCode, messageOf, type ErrorCode } from '@reelay/shared/runtime';
import type { LegacyRoute } from './legacy-route.ts';
import { describeItems } from './describe-items.ts';
import type { ServePlain } from './plain-http/plain-connection.ts';
import { sendAnswer, sendBy, sendError, sendLegacyAnswer, sendLine, type Send } from './send-answer.ts';
import type { Reply } from './answer-request.ts';
import type { Asking } from './handle-recommend.ts';
import { readAsking, readPlainAsking } from './read-asking.ts';

export interface HttpAppDeps {
  /** Throws `USER_ID_INVALID`, `REQUEST_INVALID` and `NOT_RUNNING`. */
  recommend: (asking: Asking) => Promise<Reply>;
  isReady: () => boolean;
  legacy: LegacyRoute | null;
  /** All that needs a key: what is none of the others ends here, with a 401 before a 404. */
  keyed: Router;
}

/** The public routes. Every error is JSON with a code; nothing that was sent is repeated in it. */
export function createHttpListener(deps: HttpAppDeps): RequestListener {
  const app = createHttpApp(deps);
  // The router in front of nearly all requests would cost a third of what a kept answer costs.
  const serve = createPlainServe(deps);
  return (request, response) => {
    const asking = readPlainAsking(request);
    if (asking === null) app(request, response);
    else serve(asking, sendBy(response));
  };
}

/** The one route that nearly all requests are for, by whatever read them. */
export const createPlainServe =
  ({ recommend }: Pick<HttpAppDeps, 'recommend'>): ServePlain =>
  (asking, send) =>
    void recommend(asking).then(
      (reply) => sendReply(send, reply, asking),
      (error: unknown) => sendProblem(send, error),
    );

function createHttpApp({ recommend, isReady, legacy, keyed }: HttpAppDeps): Express {
  const app = express();
  // An ETag costs a hash of each answer and serves nobody: answers change with every event.
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.get('/healthz', (_request, response) => {
    response.status(isReady() ? 200 : 503).json({ status: isReady() ? 'ok' : 'starting' });
  });
  // `use` and not a route with a parameter: a parameter is percent-decoded before anybody can look at it.
  app.use('/recommend', (request, response, next) => {
    if (!isRead(request)) return next();
    const asking = readAsking(request);
    recommend(asking)
      .then((reply) => sendReply(sendBy(response), reply, asking))
      .catch(next);
  });
  if (legacy) addLegacyRoute(app, legacy, recommend);
  app.use(keyed);
  app.use(() => {
    throw new AppError('NOT_FOUND', 'no such route');
  });
  app.use((error: unknown, _request: Request, response: Response, next: (error: unknown) => void) => {
    if (response.headersSent) return next(error);
    sendProblem(sendBy(response), error);
  });
  return app;
}

const sendReply = (send: Send, reply: Reply, { wantsJson }: Asking): void =>
  wantsJson ? sendAnswer(send, describeItems(reply)) : sendLine(send, reply.response, reply.line);

function sendProblem(send: Send, error: unknown): void {
  const { status, code, message } = describe(error);
  sendError(send, status, code, message);
}

const isRead = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';

function addLegacyRoute(app: Express, legacy: LegacyRoute, recommend: HttpAppDeps['recommend']): void {
  app.use((request, response, next) => {
    const segment = isRead(request) ? legacy.segmentOf(request.url) : null;
    if (segment === null) return next();
    recommend({ segment, query: '', wantsJson: false, timeoutMs: null })
      .then((reply) => sendLegacyAnswer(sendBy(response), reply.response, legacy))
      .catch(next);
  });
}

const statusOf: Partial<Record<ErrorCode, number>> = {
  USER_ID_INVALID: 400,
  REQUEST_INVALID: 400,
  KEY_REQUIRED: 401,
  NOT_FOUND: 404,
  NOT_FINISHED: 409,
  BUSY: 429,
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
