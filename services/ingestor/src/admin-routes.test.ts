import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dayOf, ingestorRoutes, reasonOf } from './admin-routes.ts';
import { openIngestWorld, testTopic, type IngestWorld } from './testing/open-ingest-world.ts';

let world: IngestWorld;
beforeEach(async () => {
  world = await openIngestWorld();
});
afterEach(() => world.close());

/** Answers of a running ingestor that has read these lines. */
async function routesAfter(lines: string[], settings = {}) {
  await world.eventLog.ensureTopic(testTopic, 2);
  await world.eventLog.append(testTopic, lines, { partition: 0 });
  const ingestor = await world.another({ settings });
  await ingestor.start();
  await ingestor.drained(testTopic, 30_000);
  const routes = ingestorRoutes(ingestor, world.ledger, testTopic);
  return async (route: string, query = {}): Promise<unknown> => routes[route](undefined, query);
}

const line = (minute: number, user: number) => `2031-05-06T07:0${minute}:00,${user},GET /data/m/a+1999/${minute}.mpg`;

describe('control of a running ingestor', () => {
  test('quarantine is listed by reason, and re-driven with the settings of this ingestor', async () => {
    await (
      await routesAfter([line(1, 1), line(2, 9), 'no line'], { USER_ID_MAX: 5 })
    )('GET /admin/ingest');
    const call = await routesAfter([line(3, 1)]);
    const lines = [{ offset: 1, reason: 'USER_RANGE' }];
    expect(await call('GET /admin/quarantine', { reason: 'user_range', limit: '5' })).toMatchObject({ lines });
    expect(await call('POST /admin/quarantine/redrive', { reason: 'FORM' })).toMatchObject({ accepted: 0, refused: 1 });
    expect(await call('POST /admin/quarantine/redrive')).toMatchObject({ lines: 2, accepted: 1, refused: 1 });
    expect(await call('GET /admin/quarantine')).toMatchObject({ reasons: [{ reason: 'FORM', lines: 1 }] });
  });

  test('a day is rolled up on demand', async () => {
    const call = await routesAfter([line(1, 1), line(2, 1)]);
    const today = new Date().toISOString().slice(0, 10);
    expect(await call('POST /admin/rollup', { day: today })).toMatchObject({ days: [{ lines: 2, viewings: 1 }] });
    await expect(call('POST /admin/rollup', { day: '2001-01-01' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a reason or a day that is none is REQUEST_INVALID', () => {
    const code = { code: 'REQUEST_INVALID' };
    for (const text of ['', 'NONSENSE', 'TIME ']) expect(() => reasonOf(text)).toThrow(expect.objectContaining(code));
    for (const text of ['', 'today', '2031-02-31x', '2031-13-01']) {
      expect(() => dayOf(text)).toThrow(expect.objectContaining(code));
    }
    expect([reasonOf(undefined), dayOf(undefined), dayOf('1970-01-02')]).toEqual([undefined, undefined, 1]);
  });
});
