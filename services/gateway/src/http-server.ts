import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '@reelay/shared/runtime';
import type { ServePlain } from './plain-http/plain-connection.ts';
import { PlainServer } from './plain-http/plain-server.ts';

export interface HttpLimits {
  connectionsMax: number;
  /** Answers plain requests that Node's HTTP never sees; without it they are read by Node, as all others. */
  plain?: ServePlain;
}

const keepMs = 75_000;
const headersMs = 2_000;

/**
 * Node's server with limits of its own: its defaults leave a slow sender 90 s, and close idle connections after 5 s, which races with
 * clients that keep them for 60 s. What the parser refuses gets a JSON body, too. A body has 5 s, but
 * for a list of users: Node's own limit knows no difference.
 */
export function createHttpServer(listener: RequestListener, { connectionsMax, plain }: HttpLimits): Server {
  const server = new PlainServer({
    keepAliveTimeout: keepMs,
    headersTimeout: headersMs,
    requestTimeout: 0,
    connectionsCheckingInterval: 500,
  });
  server.maxConnections = connectionsMax;
  server.on('request', (request, response) => {
    // A client that keeps its connection would send the next request into its end.
    if (!server.listening) response.shouldKeepAlive = false;
    // After `close`, a connection that just got its answer would stay until its keep-alive ends.
    response.once('finish', () => server.listening || server.closeIdleConnections());
    limitBody(request);
    listener(request, response);
  });
  if (plain) server.servePlain({ serve: plain, refuse, times: { firstMs: headersMs, idleMs: keepMs } });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(error.code, socket));
  return server;
}

/** A list of users may be long, and is read no faster than it is stored; then only silence is limited. */
const isLongBody = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'POST' && /^\/jobs(?:[?/]|$)/.test(url);
const bodyMs = 5_000;
const silenceMs = 60_000;

function limitBody(request: IncomingMessage): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return;
  const { socket } = request;
  if (isLongBody(request)) {
    socket.setTimeout(silenceMs, () => refuse('ERR_HTTP_REQUEST_TIMEOUT', socket));
    request.once('close', () => socket.setTimeout(0));
    return;
  }
  const timer = setTimeout(() => refuse('ERR_HTTP_REQUEST_TIMEOUT', socket), bodyMs);
  request.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

/**
 * Takes no new connection, and tells those who keep theirs with their next answer that it was the last; who asks nothing for `drainMs` is cut
 * then. Without it, a request that is on its way while the server ends would meet a closed connection.
 */
export async function drainServer(server: Server, drainMs: number): Promise<void> {
  if (!server.listening) return;
  // Of `net`: the one of `http` cuts idle connections at once.
  const closed = new Promise<void>((resolve) => void NetServer.prototype.close.call(server, () => resolve()));
  const waited = new AbortController();
  await Promise.race([closed, systemClock.sleep(drainMs, waited.signal)]);
  waited.abort();
}

const refusals: Record<string, [status: string, message: string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the request line and headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request took too long to arrive'],
};

function refuse(code: string | undefined, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, message] = refusals[code ?? ''] ?? ['400 Bad Request', 'the request cannot be read'];
  const body = JSON.stringify({ error: { code: 'REQUEST_INVALID', message } });
  const head = `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`);
  // A sender that does not close its side must not keep the connection.
  setTimeout(() => socket.destroy(), 1_000).unref();
}
