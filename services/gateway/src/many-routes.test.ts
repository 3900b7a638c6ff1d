import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorResponse } from '@reelay/shared/contracts';
import { openSliceQueue, type SliceQueue } from '@reelay/shared/messaging';
import { manyPaths } from './openapi/many-paths.ts';
import { openWorld, type World } from './testing/world.ts';

const operations = Object.entries(manyPaths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => [method.toUpperCase(), path.replace('{id}', 'none')] as const),
);

let folder: string;
let slices: SliceQueue;
let world: World;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-many-'));
  slices = await openSliceQueue('memory:');
  const settings = { API_KEYS: 'secret', LEDGER_URL: `sqlite:${join(folder, 'ledger.db')}` };
  world = await openWorld({ settings, change: () => ({ slices }) });
});
afterAll(async () => {
  await world.dispose();
  await slices.close();
  await rm(folder, { recursive: true, force: true });
});

const send = (method: string, path: string, headers: Record<string, string> = {}) =>
  fetch(world.url(path), { method, headers, ...(method === 'POST' && { body: 'no user' }) });

test('there are operations', () => expect(operations.length).toBeGreaterThan(6));

describe.each(operations)('%s %s', (method, path) => {
  test('is a route, and stands behind the key', async () => {
    const refused = await send(method, path);
    expect([refused.status, errorResponse.parse(await refused.json()).error.code]).toEqual([401, 'KEY_REQUIRED']);
    const response = await send(method, path, { authorization: 'Bearer secret' });
    const text = await response.text();
    expect(text).not.toContain('no such route');
    expect(response.status).toBeLessThan(500);
  });
});

test('a gateway without a ledger says that it has no jobs', async () => {
  const other = await openWorld();
  try {
    expect((await other.get('/jobs')).status).toBe(501);
  } finally {
    await other.dispose();
  }
});
