import { createManualClock } from '@reelay/shared/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { gatewayConfig } from './config.ts';
import { createLegacyRoute } from './legacy-route.ts';
import { openWorld, startWorker, workerList, type World } from './testing/world.ts';

const opened: World[] = [];
const open = async (LEGACY_ROUTE: string, settings: Record<string, string> = {}): Promise<World> => {
  const world = await openWorld({ settings: { LEGACY_ROUTE, ...settings } });
  opened.push(world);
  return world;
};
afterEach(async () => {
  for (const world of opened.splice(0)) await world.dispose();
});

const ids = ['a+2001', 'b+2002'];
test.each([
  ['/v1/recs/:userId?as=items[].id', '/v1/recs/42', { items: [{ id: 'a+2001' }, { id: 'b+2002' }] }],
  ['/v1/recs/:userId?as=[]', '/v1/recs/42?anything=else', ids],
  ['/v1/:userId/recs', '/v1/42/recs', ids],
  ['/recs?user=:userId&as=data.products[]', '/recs?limit=5&user=42', { data: { products: ids } }],
  ['/recs/:userId?as=[].product.sku', '/recs/42', [{ product: { sku: 'a+2001' } }, { product: { sku: 'b+2002' } }]],
  ['/recs/:userId?as=text', '/recs/42', null],
])('%s understands %s', (template, url, body) => {
  const route = createLegacyRoute(template);
  expect([route.segmentOf(url), route.bodyOf(ids)]).toEqual(['42', body]);
});

test.each(['/v1/recs', '/v1/recs/42/more', '/v2/recs/42', '/v1/recs/42/', '/', '/recommend/42'])(
  '%s is another call',
  (url) => {
    expect(createLegacyRoute('/v1/recs/:userId').segmentOf(url)).toBeNull();
  },
);

test.each([
  'recs/:userId',
  '/recs',
  '/:userId/:userId',
  '/recommend/:userId',
  '/recs/:userId?as=a[][]',
  '/recs/:userId?as=items',
  '/recs/:userId?user=:userId',
])('%s is refused at the start, by name', (LEGACY_ROUTE) => {
  const parsed = gatewayConfig.safeParse({ LEGACY_ROUTE });
  expect(parsed.error?.issues[0]).toMatchObject({
    path: ['LEGACY_ROUTE'],
    message: expect.stringMatching(/LEGACY_ROUTE/),
  });
});

describe('a client of the old service', () => {
  const listed = workerList(42).map(({ id }) => ({ id }));

  test('gets its JSON from its path, without a key, from the same model, and the other routes are as before', async () => {
    const world = await open('/v1/recs/:userId?as=items[].id', { API_KEYS: 'secret' });
    await startWorker(world);
    const response = await world.get('/v1/recs/42', { accept: '*/*' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(await response.json()).toEqual({ items: listed });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await world.ask(42)).toMatchObject({ outcome: 'cache' });
    expect((await world.get('/v1/other/42')).status).toBe(401);
  });

  test('gets a 400 for an id that is none, or the popular list where the settings say so', async () => {
    const strict = await open('/recs?user=:userId');
    expect([(await strict.get('/recs?user=abc')).status, (await strict.get('/recs')).status]).toEqual([400, 400]);
    const lenient = await open('/recs?user=:userId', { MALFORMED_IDS: 'answer' });
    expect(await (await lenient.get('/recs?user=abc')).json()).toHaveLength(20);
  });

  test('gets the fallback in its own form, too', async () => {
    const world = await openWorld({ clock: createManualClock(), settings: { LEGACY_ROUTE: '/recs/:userId?as=text' } });
    opened.push(world);
    await world.queue.close();
    expect((await (await world.get('/recs/42')).text()).split(',')).toHaveLength(20);
  });
});
