import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts';
import { waitUntil } from './wait-until.ts';

/** Pieces as the server got them. */
let arrived: string[] = [];
/** Says back what it hears; at the end of the other side it still says so before its own. */
const echo = createServer({ allowHalfOpen: true }, (socket) => {
  socket.setNoDelay(true).on('error', () => {});
  socket.on('data', (bytes) => {
    arrived.push(bytes.toString());
    socket.write(bytes);
  });
  socket.on('end', () => socket.end('.'));
});
let proxy: FaultProxy;
let clients: Socket[] = [];

beforeEach(async () => {
  arrived = [];
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
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  clients.push(socket);
  const seen = { socket, text: '', closed: false, ended: false, error: '' };
  socket.on('data', (bytes) => (seen.text += bytes.toString())).on('end', () => (seen.ended = true));
  socket.on('error', (error) => (seen.error = 'code' in error ? String(error.code) : error.message));
  socket.on('close', () => (seen.closed = true));
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

test('pieces keep their order under latency with jitter, and when the latency ends', async () => {
  proxy.set({ latencyMs: 5, jitterMs: 40 });
  const client = open();
  client.socket.setNoDelay(true);
  for (const digit of '0123456789') await new Promise((resolve) => client.socket.write(digit, resolve));
  await waitUntil('one is under way', () => proxy.connections === 1);
  proxy.set('pass');
  client.socket.write('end');
  await waitUntil('the echo', () => client.text.length === 13);
  expect(client.text).toBe('0123456789end');
});

test('slices carry every byte in order, so many a write', async () => {
  proxy.set({ sliceBytes: 3 });
  const client = open();
  const said = 'abcdefghijklmnopqrstuvwxyz';
  client.socket.write(said);
  await waitUntil('the echo', () => client.text.length === said.length);
  expect(client.text).toBe(said);
  expect(proxy.piecesToServer).toBe(9);
  expect(arrived.length).toBeGreaterThan(1);
});

test('a connection is reset after so many bytes of both directions, and another has its own', async () => {
  proxy.set({ resetAfterBytes: 7 });
  const client = open();
  client.socket.write('12345');
  await waitUntil('the reset', () => client.closed);
  expect([client.text, client.error]).toEqual(['12', 'ECONNRESET']);
  expect([arrived, proxy.resets, proxy.connections]).toEqual([['12345'], 1, 0]);
  const other = open();
  other.socket.write('abc');
  await waitUntil('the echo', () => other.text === 'abc');
});

test('a reset at the first byte takes the connection before', async () => {
  proxy.set({ resetAfterBytes: 0 });
  const client = open();
  await waitUntil('connected', () => proxy.connections === 1);
  expect(client.closed).toBe(false);
  client.socket.write('a');
  await waitUntil('the reset', () => client.closed);
  expect([client.error, arrived, proxy.resets]).toEqual(['ECONNRESET', [], 1]);
});

test('the end of one side is carried, and what the other still says arrives', async () => {
  const client = open();
  client.socket.end('last');
  await waitUntil('the goodbye', () => client.ended);
  expect(client.text).toBe('last.');
  await waitUntil('over', () => proxy.connections === 0);
});

test('a half close ends what the server says and still carries what the client says', async () => {
  const client = open();
  client.socket.write('a');
  await waitUntil('the echo', () => client.text === 'a');
  proxy.halfClose();
  await waitUntil('half closed', () => client.ended);
  client.socket.write('b');
  await waitUntil('carried', () => arrived.join('') === 'ab');
  expect([client.text, client.closed]).toEqual(['a', false]);
});

test('rubbish: the server hears what was said, the client as many bytes of something else; heal ends that connection', async () => {
  const client = open();
  let bytes = Buffer.alloc(0);
  client.socket.on('data', (piece: Buffer) => (bytes = Buffer.concat([bytes, piece])));
  proxy.set('rubbish');
  client.socket.write('hello, this is long enough');
  await waitUntil('the answer', () => bytes.length === 26);
  expect([arrived.join(''), proxy.piecesSpoilt]).toEqual(['hello, this is long enough', 1]);
  expect(bytes.toString()).not.toBe('hello, this is long enough');
  proxy.heal();
  await waitUntil('cut', () => client.closed);
});
