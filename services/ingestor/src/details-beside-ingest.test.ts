import type { Ledger } from '@reelay/shared/storage';
import { lifecycleContract, waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outcomeIn, outcomeOf } from './testing/ingest-oracle.ts';
import { inventLines } from './testing/invent-lines.ts';
import { openDetailsServer } from './testing/open-details-server.ts';
import { openIngestWorld, testTopic, type IngestWorld } from './testing/open-ingest-world.ts';

let world: IngestWorld;
beforeEach(async () => {
  world = await openIngestWorld();
  await world.eventLog.ensureTopic(testTopic, 1);
});
afterEach(() => world.close());

const knownUsers = async () => {
  const ids: number[] = [];
  await world.ledger.users((rows) => void ids.push(...rows.map(({ userId }) => userId)));
  return ids;
};

test('while the API hangs every line is ingested as without it, and a stop does not wait for it', async () => {
  const api = await openDetailsServer(() => {});
  const lines = inventLines(3_000);
  const settings = { DETAILS_API_URL: api.url, DETAILS_TIMEOUT_MS: 60_000, DETAILS_RATE: 1_000 };
  const ingestor = await world.another({ settings });
  try {
    await world.ledger.itemIds(['known+1990']);
    await ingestor.start();
    await waitUntil('both kinds are asked for', () => api.paths.length === 2);
    await world.eventLog.append(testTopic, lines, { partition: 0 });
    await ingestor.drained(testTopic, 20_000);
    expect(await outcomeIn(world.ledger)).toEqual(outcomeOf([lines]));
    // Not one more request, and none given up: they hung all the time.
    expect([api.paths.length, api.left()]).toEqual([2, 0]);
    await ingestor.stop();
    await waitUntil('the requests are ended', () => api.left() === 2);
  } finally {
    await api.close();
  }
});

test('planted: an ingest that waits for the API stands still while it hangs', async () => {
  const answered = Promise.withResolvers<void>();
  const waiting = (ledger: Ledger): Ledger => ({
    ...ledger,
    commitWindow: (window, appendCsv) => answered.promise.then(() => ledger.commitWindow(window, appendCsv)),
  });
  const ingestor = await world.another({ wrap: waiting });
  await ingestor.start();
  await world.eventLog.append(testTopic, inventLines(100), { partition: 0 });
  await expect(ingestor.drained(testTopic, 300)).rejects.toMatchObject({ code: 'TIMEOUT' });
  answered.resolve();
  await ingestor.drained(testTopic, 20_000);
});

test('the user and the movies of a recommendation line are known soon after it', async () => {
  const api = await openDetailsServer((request, response) => {
    const [, kind, text = ''] = (request.url ?? '').split('/');
    const told = text
      .split(',')
      .map((id) => (kind === 'user' ? { user_id: id, age: '41', gender: 'null' } : { id, title: 'null' }))
      .filter((one) => 'id' in one || Number(one.user_id) > 900);
    response.end(JSON.stringify(text.includes(',') ? told : (told[0] ?? { message: 'user not found' })));
  });
  const settings = { DETAILS_API_URL: api.url, USER_ID_MAX: 1_000_000, DETAILS_RATE: 200 };
  const ingestor = await world.another({ settings });
  try {
    await ingestor.start();
    const line = `2031-05-06T07:08:09.123456,987654,recommendation request host:8082, status 200, result: a+1990, b+1991, 12 ms`;
    await world.eventLog.append(testTopic, [line], { partition: 0 });
    await waitUntil('the user is known', async () => (await knownUsers()).includes(987_654));
    const titles = async () => new Map((await world.ledger.items()).map(({ movie }) => [movie.id, movie.year]));
    await waitUntil('the movies are known', async () => (await titles()).get('b+1991') === 1991);
  } finally {
    await ingestor.stop();
    await api.close();
  }
});

async function make(failing: boolean) {
  const own = await openIngestWorld();
  const api = await openDetailsServer((_request, response) => response.end('{"message":"not found"}'));
  const timers = own.countingClock();
  const settings = { DETAILS_API_URL: api.url };
  await own.eventLog.ensureTopic(testTopic, 1);
  if (failing) own.eventLog.follow = () => Promise.reject(new Error('planted'));
  const service = await own.another({ eventLog: own.eventLog, clock: timers.clock, settings });
  const dispose = async () => {
    await own.close();
    await api.close();
  };
  return { service, open: timers.open, dispose };
}

lifecycleContract('ingestor beside a details API', { make: () => make(false), makeFailing: () => make(true) });
