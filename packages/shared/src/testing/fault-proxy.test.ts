import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts';
import { waitUntil } from './wait-until.ts';

const echo = createServer((socket) => void socket.on('error', () => {}).pipe(socket));
let proxy: FaultProxy;
let clients: Socket[] = [];

beforeEach(async () => {
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await openFaultProxy(`tcp://user:secret@localhost:${(echo.address() as AddressInfo).port}/path`);
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

function open() {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  const seen = { socket, text: '', closed: false };
  socket.on('data', (bytes) => (seen.text += bytes.toString()));
  socket.on('error', () => {}).on('close', () => (seen.closed = true));
  return seen;
}

test('pass carries both ways, and the address keeps all but host and port', async () => {
  const client = open();
  client.socket.write('hello');
  await waitUntil('the echo', () => client.text === 'hello');
  expect(proxy.url).toBe(`tcp://user:secret@127.0.0.1:${proxy.port}/path`);
  expect(proxy.connections).toBe(1);
  expect(proxy.piecesToServer).toBe(1);
});

test('down cuts what is open and refuses what comes, heal lets it pass', async () => {
  const before = open();
  before.socket.write('a');
  await waitUntil('the echo', () => before.text === 'a');
  proxy.set('down');
  const during = open();
  await waitUntil('both cut', () => before.closed && during.closed);
  proxy.heal();
  const after = open();
  after.socket.write('b');
  await waitUntil('the echo', () => after.text === 'b');
});

test('a cut ends what is open and takes new connections', async () => {
  const before = open();
  await waitUntil('connected', () => proxy.connections === 1);
  proxy.cut();
  await waitUntil('cut', () => before.closed);
  const after = open();
  after.socket.write('b');
  await waitUntil('the echo', () => after.text === 'b');
});

test('a black hole accepts and says nothing; at heal the damaged connection is cut, an idle one lives', async () => {
  const damaged = open();
  const idle = open();
  await waitUntil('connected', () => proxy.connections === 2);
  proxy.set('blackhole');
  const written = new Promise((resolve) => damaged.socket.write('swallowed', resolve));
  await written;
  const late = open();
  await waitUntil('accepted', () => proxy.connections === 3);
  expect([damaged.closed, late.closed, damaged.text]).toEqual([false, false, '']);
  await waitUntil('swallowed', () => proxy.piecesSwallowed === 1);
  expect(proxy.piecesToServer).toBe(0);
  proxy.heal();
  idle.socket.write('c');
  await waitUntil('the echo', () => idle.text === 'c');
  await waitUntil('cut', () => damaged.closed);
  expect(damaged.text).toBe('');
});

test('latency delays and keeps the order', async () => {
  proxy.set({ latencyMs: 50 });
  const client = open();
  const start = performance.now();
  client.socket.write('1');
  await waitUntil('the echo', () => client.text === '1');
  expect(performance.now() - start).toBeGreaterThanOrEqual(95);
});
