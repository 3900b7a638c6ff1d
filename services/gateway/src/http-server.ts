import { createServer, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

export interface HttpLimits {
  connectionsMax: number;
}

/**
 * Node's server with limits of its own: its defaults leave a slow sender 90 s, and close idle connections after 5 s, which races with
 * clients that keep them for 60 s. What the parser refuses gets a JSON body, too.
 */
export function createHttpServer(listener: RequestListener, { connectionsMax }: HttpLimits): Server {
  const server = createServer({
    keepAliveTimeout: 75_000,
    headersTimeout: 2_000,
    requestTimeout: 5_000,
    connectionsCheckingInterval: 500,
  });
  server.maxConnections = connectionsMax;
  server.on('request', (request, response) => {
    // After `close`, a connection that just got its answer would stay until its keep-alive ends.
    response.once('finish', () => server.listening || server.closeIdleConnections());
    listener(request, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(error.code, socket));
  return server;
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
