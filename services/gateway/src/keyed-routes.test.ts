import type { AddressInfo } from 'node:net';
import type { Router } from 'express';
import { closeServer } from '@reelay/shared/observability';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayConfig } from './config.ts';
import { createHttpListener } from './http-app.ts';
import { createHttpServer } from './http-server.ts';
import { createKeyedRoutes } from './keyed-routes.ts';
import { openApiDocument } from './openapi/document.ts';
import { manyPaths } from './openapi/many-paths.ts';
import { createKeyCheck } from './require-key.ts';

const calls: string[] = [];
const call = (name: string) => {
  calls.push(name);
  return Promise.reject(new Error('no caller without a key comes here'));
};
const keyed = createKeyedRoutes({
  checkKey: createKeyCheck('first-key, second-key'),
  provenance: () => call('provenance'),
  feedback: () => call('feedback'),
  answersOf: () => call('answers'),
  enquiries: { similar: () => call('similar'), vector: () => call('vector'), estimate: () => call('estimate') },
});
/** Read from the router itself: a route that is added is tested without being named here. */
const routes = tableOf(keyed);

function tableOf(router: Router): { method: string; path: string }[] {
  const stack = router.stack as { route?: { path: string; methods: Record<string, boolean> } }[];
  return stack.flatMap(({ route }) =>
    route ? Object.keys(route.methods).map((method) => ({ method, path: route.path })) : [],
  );
}

const listener = createHttpListener({ recommend: () => call('recommend'), isReady: () => true, legacy: null, keyed });
const server = createHttpServer(listener, { connectionsMax: 100 });
let base: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => closeServer(server));

const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
  fetch(base + path.replaceAll(/:\w+/g, 'x'), {
    method: method.toUpperCase(),
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'post' && { body: '{"huge":' }),
  });

test('the table is not empty', () => {
  expect(routes.length).toBeGreaterThan(2);
});

describe.each(routes)('$method $path', ({ method, path }) => {
  test.each([
    ['no key', {}],
    ['a wrong key', { authorization: 'Bearer third-key' }],
    ['two keys at once', { 'x-api-key': 'first-key, second-key' }],
    ['half a key', { 'x-api-key': 'first' }],
    ['no scheme', { authorization: 'first-key' }],
  ])('%s: 401, before the body is read, and nothing happened', async (_what, headers) => {
    const response = await ask(method, path, headers);
    expect([response.status, await response.json()]).toMatchObject([401, { error: { code: 'KEY_REQUIRED' } }]);
    expect(calls).toEqual([]);
  });

  test('is in the OpenAPI document, with its 401', () => {
    const { paths } = openApiDocument() as { paths: Record<string, Record<string, { responses: object }>> };
    const operation = paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method];
    expect(Object.keys(operation?.responses ?? {})).toContain('401');
  });
});

test('no operation is in the document that no route serves', () => {
  const { paths } = openApiDocument() as { paths: Record<string, object> };
  const known = new Set(routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`));
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((m) => `${m} ${path}`),
  );
  const many = Object.entries(manyPaths).flatMap(([path, methods]) => Object.keys(methods).map((m) => `${m} ${path}`));
  expect(documented.filter((each) => !known.has(each) && !many.includes(each))).toEqual([
    'get /recommend/{userId}',
    'get /healthz',
  ]);
});

test('what is no route at all needs a key, too, and then is a 404', async () => {
  expect((await ask('get', '/admin/releases')).status).toBe(401);
  expect((await ask('get', '/admin/releases', { 'x-api-key': 'second-key' })).status).toBe(404);
});

test.each(['/metrics', '/livez', '/readyz', '/version', '/admin/train', '/admin/releases'])(
  '%s is not on the public port, whatever key is shown',
  async (path) => {
    expect((await ask('get', path)).status).toBe(401);
    expect((await ask('get', path, { 'x-api-key': 'first-key' })).status).toBe(404);
    expect((await ask('post', path, { 'x-api-key': 'first-key' })).status).toBe(404);
  },
);

test('the admin port is on the loopback unless somebody says otherwise', () => {
  expect(gatewayConfig.parse({}).ADMIN_HOST).toBe('127.0.0.1');
});

test('with a key the document comes', async () => {
  const response = await ask('get', '/openapi.json', { authorization: 'Bearer first-key' });
  expect([response.status, await response.json()]).toMatchObject([200, { openapi: '3.1.0' }]);
});
