import { connect, type AddressInfo, type Socket } from 'node:net';
import { closeServer, listen } from '@reelay/shared/observability';
import { waitUntil } from '@reelay/shared/testing';
import { afterEach, expect, test } from 'vitest';
import type { Asking } from '../handle-recommend.ts';
import { createHttpServer, drainServer } from '../http-server.ts';
import { sendBy, type Send } from '../send-answer.ts';
import { PlainServer } from './plain-server.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

type Serve = (asking: Asking, send: Send) => void;

const answer = (send: Send, body: string): void =>
  send(200, ['Content-Type', 'text/plain', 'Content-Length', `${body.length}`], body, 'latin1');
const echo: Serve = ({ segment }, send) => answer(send, `plain ${segment}`);

async function open(serve: Serve = echo, withPlain = true) {
  const byNode: string[] = [];
  const server = createHttpServer(
    (request, response) => {
      byNode.push(request.url ?? '');
      if (withPlain) answer(sendBy(response), `node ${request.url}`);
      else
        serve(
          { segment: request.url?.slice('/recommend/'.length) ?? '', query: '', wantsJson: false, timeoutMs: null },
          sendBy(response),
        );
    },
    { connectionsMax: 100, ...(withPlain && { plain: serve }) },
  );
  await listen(server, 0, '127.0.0.1');
  undo.push(() => closeServer(server, 100));
  return { server, byNode, port: (server.address() as AddressInfo).port };
}

function dial(port: number): { socket: Socket; got: () => string; ended: () => boolean } {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  let ended = false;
  socket.setEncoding('latin1').on('data', (chunk) => (text += chunk));
  socket.on('end', () => (ended = true)).on('close', () => (ended = true));
  socket.on('error', () => {});
  undo.push(() => socket.destroy());
  return { socket, got: () => text, ended: () => ended };
}

const get = (id: number | string, ...headers: string[]): string =>
  `GET /recommend/${id} HTTP/1.1\r\nHost: a\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
const bodies = (text: string): string[] => text.match(/(?:plain|node) [^\sH]+/g) ?? [];
const has = (client: ReturnType<typeof dial>, count: number) =>
  waitUntil(`${count} answers`, () => bodies(client.got()).length === count);

test('an answer by hand is that of Node, byte for byte but for its date', async () => {
  const texts: string[] = [];
  for (const withPlain of [true, false]) {
    const { port } = await open(echo, withPlain);
    const client = dial(port);
    client.socket.write(get(42));
    await has(client, 1);
    texts.push(client.got().replace(/Date: [^\r]+ GMT/, 'Date: now'));
  }
  expect(texts[0]).toContain('Keep-Alive: timeout=75');
  expect(texts[0]).toBe(texts[1]);
});

test('answers come in the order of the requests, whichever is ready first', async () => {
  const waiting: (() => void)[] = [];
  const { port } = await open((asking, send) => {
    if (asking.segment === '1') waiting.push(() => echo(asking, send));
    else echo(asking, send);
  });
  const client = dial(port);
  client.socket.write(get(1) + get(2) + get(3));
  await waitUntil('the first', () => waiting.length === 1);
  expect(client.got()).toBe('');
  waiting[0]?.();
  await has(client, 3);
  expect(bodies(client.got())).toEqual(['plain 1', 'plain 2', 'plain 3']);
});

test('a request that is not plain makes the connection one of Node, with what came behind it', async () => {
  const { port, byNode } = await open();
  const client = dial(port);
  const smuggled = get(9);
  client.socket.write(get(1) + `${get(2, `Content-Length: ${smuggled.length}`)}${smuggled}` + get(3));
  await has(client, 3);
  expect(bodies(client.got())).toEqual(['plain 1', 'node /recommend/2', 'node /recommend/3']);
  client.socket.write(get(4));
  await has(client, 4);
  // The body was never read as a request.
  expect(byNode).toEqual(['/recommend/2', '/recommend/3', '/recommend/4']);
});

test('a request in any two pieces is answered once', async () => {
  const { port } = await open();
  const whole = get(42);
  for (let cut = 1; cut < whole.length; cut += 7) {
    const client = dial(port);
    client.socket.setNoDelay(true).write(get(1));
    await has(client, 1);
    client.socket.write(whole.slice(0, cut));
    // Its own trip: what comes behind it does not overtake.
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.write(whole.slice(cut));
    await has(client, 2);
    expect(bodies(client.got())[1]).toMatch(/42$/);
    client.socket.destroy();
  }
});

test('who reads no answers is asked to wait', async () => {
  let served = 0;
  const large = 'x'.repeat(2 ** 20);
  const { port } = await open((_asking, send) => {
    served++;
    answer(send, large);
  });
  const { socket } = dial(port);
  socket.pause();
  socket.write(get(1).repeat(60));
  await waitUntil('a full socket', () => served > 0);
  // Time enough for all of them, if nothing held them back.
  for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(served).toBeLessThan(20);
  let bytes = 0;
  socket
    .setEncoding('latin1')
    .on('data', (chunk) => (bytes += String(chunk).length))
    .resume();
  await waitUntil('all of them', () => served === 60 && bytes > 60 * large.length);
});

test('a client that has said all it wants still gets its answer', async () => {
  const { port } = await open((asking, send) => setImmediate(() => echo(asking, send)));
  const client = dial(port);
  client.socket.end(get(1) + get(2));
  await waitUntil('the end', client.ended);
  expect(bodies(client.got())).toEqual(['plain 1', 'plain 2']);
});

test('a client that is gone costs nothing', async () => {
  const waiting: (() => void)[] = [];
  const { port, server } = await open((asking, send) => void waiting.push(() => echo(asking, send)));
  const { socket } = dial(port);
  socket.write(get(1));
  await waitUntil('the request', () => waiting.length === 1);
  socket.resetAndDestroy();
  await waitUntil('its end', () => new Promise((resolve) => server.getConnections((_, count) => resolve(count === 0))));
  waiting[0]?.();
});

test('the last answer of a server that ends says so, and idle connections do not hold it up', async () => {
  const { port, server } = await open();
  const [asks, idles, silent] = [dial(port), dial(port), dial(port)];
  asks.socket.write(get(1));
  idles.socket.write(get(1));
  await Promise.all([has(asks, 1), has(idles, 1)]);
  const draining = drainServer(server, 10_000);
  asks.socket.write(get(2) + get(3));
  await waitUntil('the end', asks.ended);
  expect(bodies(asks.got())).toEqual(['plain 1', 'plain 2']);
  expect(asks.got()).toMatch(/plain 1.*Connection: close.*plain 2$/s);
  server.closeIdleConnections();
  await waitUntil('the end of the idle one', idles.ended);
  expect(silent.ended()).toBe(false);
  server.closeAllConnections();
  await draining;
});

test('a connection that asks nothing is told so, one that asks nothing more is cut', async () => {
  const server = new PlainServer({});
  const told: string[] = [];
  const refuse = (code: string, socket: Socket): void => {
    told.push(code);
    socket.destroy();
  };
  server.servePlain({ serve: echo, refuse, times: { firstMs: 20, idleMs: 30 } });
  const port = await listen(server, 0, '127.0.0.1');
  undo.push(() => closeServer(server, 100));
  const [silent, asks] = [dial(port), dial(port)];
  asks.socket.write(get(1));
  await waitUntil('both ends', () => silent.ended() && asks.ended());
  expect(told).toEqual(['ERR_HTTP_REQUEST_TIMEOUT']);
  expect(bodies(asks.got())).toEqual(['plain 1']);
});
