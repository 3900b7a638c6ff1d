import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { percentile, sendOpenLoop } from './open-loop.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(delayMs: (index: number) => number | undefined): Promise<string> {
  server = createServer((request, response) => {
    const delay = delayMs(Number(request.url?.slice(1)));
    if (delay === undefined) request.socket.destroy();
    else setTimeout(() => response.end(request.url), delay);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('every request is sent once, in order of its due time, and its answer is its own', async () => {
  const base = await serve(() => 0);
  const answers = await sendOpenLoop({ rate: 500, total: 100, url: (index) => `${base}/${index}` });
  expect(answers.map(({ body }) => body)).toEqual(answers.map(({ index }) => `/${index}`));
  expect(answers).toHaveLength(100);
});

test('a slow answer does not hold the next request back', async () => {
  const base = await serve((index) => (index === 0 ? 300 : 0));
  const answered: number[] = [];
  await sendOpenLoop({
    rate: 200,
    total: 20,
    url: (index) => `${base}/${index}`,
    onAnswer: ({ index }) => answered.push(index),
  });
  expect(answered.at(-1)).toBe(0);
});

test('a broken connection is an unanswered request, not a missing one', async () => {
  const base = await serve((index) => (index === 3 ? undefined : 0));
  const answers = await sendOpenLoop({ rate: 500, total: 10, url: (index) => `${base}/${index}` });
  expect(answers.filter(({ status }) => status === 0).map(({ index }) => index)).toEqual([3]);
});

test('an aborted loop sends nothing more and still has every answer', async () => {
  const base = await serve(() => 20);
  const end = new AbortController();
  const sent = { rate: 500, total: Infinity, url: (index: number) => `${base}/${index}`, signal: end.signal };
  const answers = await sendOpenLoop({ ...sent, onAnswer: ({ index }) => void (index === 9 && end.abort()) });
  expect(answers.length).toBeGreaterThanOrEqual(10);
  expect(answers.every(({ index, body }) => body === `/${index}`)).toBe(true);
});

test('percentile of nothing is no number', () => {
  expect(percentile([], 0.5)).toBeNaN();
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
});
