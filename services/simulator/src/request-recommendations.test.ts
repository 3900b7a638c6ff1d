import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@reelay/shared/runtime';
import { afterEach, describe, expect, test } from 'vitest';
import { createRequester, type Requester } from './request-recommendations.ts';

const opened: (() => void)[] = [];
afterEach(() => opened.splice(0).forEach((close) => close()));

async function requesterTo(handler: RequestListener): Promise<{ requester: Requester; server: Server; port: number }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const requester = createRequester({ baseUrl: `http://127.0.0.1:${port}`, clock: systemClock });
  opened.push(
    () => requester.close(),
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return { requester, server, port };
}

const answering =
  (status: number, body: string, type = 'text/plain; charset=utf-8'): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': type }).end(body);

describe('a list in time', () => {
  test('is status 200, whole and in order', async () => {
    const urls: (string | undefined)[] = [];
    const { requester } = await requesterTo((request, response) => {
      urls.push(request.url);
      answering(200, 'a+1999,b+2001\n')(request, response);
    });
    expect(await requester.recommend(42)).toEqual({
      status: 200,
      movieIds: ['a+1999', 'b+2001'],
      latencyMs: expect.any(Number),
    });
    expect(urls).toEqual(['/recommend/42']);
    expect(requester.inFlight).toBe(0);
  });

  test('comes over the same connection as the one before', async () => {
    const { requester, server } = await requesterTo(answering(200, 'a+1999'));
    let connections = 0;
    server.on('connection', () => connections++);
    for (let n = 0; n < 5; n++) await requester.recommend(n);
    expect(connections).toBe(1);
  });
});

test('an answer after 700 ms is status 0 with the text of a timeout', async () => {
  const { requester, port } = await requesterTo((request, response) => {
    systemClock.after(700, () => answering(200, 'a+1999')(request, response));
  });
  const result = await requester.recommend(1);
  expect(result).toMatchObject({
    status: 0,
    error: `java.util.concurrent.TimeoutException: Request timeout to 127.0.0.1/127.0.0.1:${port} after 600 ms`,
  });
  expect(result.latencyMs).toBeGreaterThanOrEqual(599);
});

test('a list whose end is late is late too', async () => {
  const { requester } = await requesterTo((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).write('a+1999,');
  });
  expect(await requester.recommend(1)).toMatchObject({ status: 0, error: expect.stringContaining('TimeoutException') });
});

test('a port where nobody listens is refused', async () => {
  const { requester, server, port } = await requesterTo(answering(200, ''));
  await new Promise((resolve) => server.close(resolve));
  expect(await requester.recommend(1)).toMatchObject({
    status: 0,
    error: `java.net.ConnectException: Connection refused: 127.0.0.1/127.0.0.1:${port}`,
  });
});

test.each([
  ['500', answering(500, 'a+1999'), 'dispatch.StatusCode: Unexpected response status: 500'],
  ['a redirect', answering(302, ''), 'dispatch.StatusCode: Unexpected response status: 302'],
  ['an empty body', answering(200, ''), 'not a list'],
  ['JSON', answering(200, '["a+1999"]', 'application/json'), 'not a list'],
  ['21 movies', answering(200, Array(21).fill('a+1999').join(',')), 'not a list'],
  ['a list with something else in it', answering(200, 'a+1999,"b"'), 'not a list'],
  ['a closed connection', (request) => request.socket.destroy(), 'Remotely closed'],
])('%s is status 0', async (_name, handler, error) => {
  const { requester } = await requesterTo(handler);
  expect(await requester.recommend(1)).toMatchObject({ status: 0, error: expect.stringContaining(error) });
});
