import express, { type Express, type Request, type Response } from 'express';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { AppError, createService, errorCode, messageOf, type ErrorCode, type Service } from '../runtime/index.ts';
import { buildVersion } from './version.ts';

export interface Readiness {
  ready: boolean;
  /** State by part, for a person: `{ queue: 'up', model: 'none' }`. */
  parts: Record<string, string>;
}

/** Handles a control call: body in, JSON out (or a promise of it); throws `AppError` for 4xx and 5xx. */
export type AdminRoute = (body: unknown, query: Record<string, string>) => unknown;

export interface AdminOptions {
  /** 0 picks a free port. */
  port: number;
  host: string;
  /** Text of all metrics, in Prometheus' format. */
  metrics(): Promise<string>;
  ready(): Readiness | Promise<Readiness>;
  /** `'POST /admin/train'` → handler. */
  routes?: Record<string, AdminRoute>;
}

export interface AdminServer extends Service {
  /** The port it listens on; 0 before it started. */
  readonly port: number;
}

/** `/livez`, `/readyz`, `/metrics`, `/version` and a service's control routes, on a listener of their own. */
export function createAdminServer(options: AdminOptions): AdminServer {
  let port = 0;
  const service = createService('admin', async (own) => {
    const server = createServer(adminApp(options));
    own(() => closeServer(server));
    port = await listen(server, options.port, options.host);
  });
  return {
    ...service,
    get port() {
      return port;
    },
  };
}

function adminApp(options: AdminOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/version', (_request, response) => void response.json(buildVersion()));
  app.get('/readyz', async (_request, response) => {
    const state = await options.ready();
    response.status(state.ready ? 200 : 503).json(state);
  });
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain; version=0.0.4').send(await options.metrics());
  });
  app.use(express.json({ limit: '64kb', strict: true }));
  for (const [name, route] of Object.entries(options.routes ?? {})) addRoute(app, name, route);
  app.use((_request, response) => sendError(response, 404, 'NOT_FOUND', 'no such route'));
  app.use((error: unknown, _request: Request, response: Response, _next: unknown) => answerError(error, response));
  return app;
}

function addRoute(app: Express, name: string, route: AdminRoute): void {
  const [method, path] = name.split(' ');
  app[method.toLowerCase() as 'get' | 'post'](path, async (request: Request, response: Response) => {
    response.json((await route(request.body, request.query as Record<string, string>)) ?? {});
  });
}

const statusOf: Partial<Record<ErrorCode, number>> = {
  REQUEST_INVALID: 400,
  NOT_FOUND: 404,
  TRAINING_BUSY: 409,
  NOT_ENOUGH_DATA: 409,
  DATA_SUSPECT: 409,
  TRAINING_CANCELLED: 409,
  TRAINING_TOO_LARGE: 409,
  TIMEOUT: 504,
  NOT_RUNNING: 503,
};

function answerError(error: unknown, response: Response): void {
  const code = errorCode(error);
  const status = code ? (statusOf[code] ?? 500) : isHttpError(error) ? error.status : 500;
  sendError(response, status, code ?? (status < 500 ? 'REQUEST_INVALID' : 'INTERNAL'), messageOf(error));
}

const isHttpError = (error: unknown): error is { status: number } =>
  typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number';

const sendError = (response: Response, status: number, code: string, message: string) =>
  void response.status(status).json({ error: { code, message } });

export interface ListenOptions {
  /** Several processes share the port, and the kernel spreads connections over them. Each must say so. */
  reusePort?: boolean;
}

/** Listens and returns the port, or throws `PORT_IN_USE` with the port in its text. */
export function listen(
  server: Server,
  port: number,
  host: string,
  { reusePort = false }: ListenOptions = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'START_FAILED';
      reject(new AppError(code, `cannot listen on ${host}:${port} (${error.code})`, { cause: error }));
    });
    server.listen({ port, host, reusePort }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Takes no new connection, ends idle ones, and the rest after `graceMs`. */
export function closeServer(server: Server, graceMs = 2_000): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
