import express from 'express';
import type { AddressInfo } from 'node:net';
import { closeServer } from '@reelay/shared/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '@reelay/shared/runtime';
import type { Asking } from './handle-recommend.ts';
import { createHttpListener } from './http-app.ts';
import { createHttpServer } from './http-server.ts';

const seen: Asking[] = [];
const listener = createHttpListener({
  async recommend(asking) {
    seen.push(asking);
    if (!/^\d+$/.test(asking.segment)) throw new AppError('USER_ID_INVALID', 'no id');
    const items = [{ id: 'one+1999', score: 1 }];
    const fields = { requestId: 'r1', userId: 1, modelVersion: '1-aaaaaa', history: null, items };
    return { response: { ...fields, outcome: 'model' }, origin: { group: 0 } };
  },
  isReady: () => true,
  legacy: null,
  keyed: express.Router(),
});
const server = createHttpServer(listener, { connectionsMax: 10 });
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => closeServer(server));

async function ask(path: string, accept: string, method = 'GET') {
  const headers = { accept, 'x-request-timeout-ms': '250' };
  const response = await fetch(`${base}${path}`, { method, headers });
  // Of the connection, not of the answer: fetch keeps none for HEAD.
  const { date: _, connection: __, 'keep-alive': ___, ...rest } = Object.fromEntries(response.headers);
  return { status: response.status, body: await response.text(), headers: rest, asking: seen.pop() };
}

const paths = [
  '/recommend/42',
  '/recommend/42/',
  '/recommend/42?n=3&x=?',
  '/recommend//42',
  '/recommend/%34',
  '/recommend/',
];

test.each(paths)('%s is read and answered alike before the router and behind it', async (path) => {
  for (const type of ['text/plain', 'application/json']) {
    const before = await ask(path, type);
    expect(before.asking).toBeDefined();
    // A quality makes the header one of those that take a closer look.
    expect(await ask(path, `${type};q=0.9`)).toEqual(before);
  }
});

test('HEAD has the headers of GET and no body', async () => {
  const { body, asking, ...got } = await ask('/recommend/42', 'text/plain');
  expect(body).toBe('one+1999');
  expect(await ask('/recommend/42', 'text/plain', 'HEAD')).toEqual({ ...got, asking, body: '' });
});

test('what is not of the route goes to the router', async () => {
  expect(await ask('/recommends/42', 'text/plain')).toMatchObject({ status: 404, asking: undefined });
  expect(await ask('/recommend/42', 'text/plain', 'POST')).toMatchObject({ status: 404, asking: undefined });
});
