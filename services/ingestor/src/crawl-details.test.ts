import type { LogEvent } from '@reelay/shared/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apiOf, json, openCrawlWorld, type CrawlWorld, type FakeApi } from './testing/open-crawl-world.ts';

let world: CrawlWorld;
beforeEach(async () => {
  world = await openCrawlWorld();
});
afterEach(() => world.close());

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, place) => from + place);
const request = (userId: number, movieIds: string[] = []): LogEvent => ({
  kind: 'recommendation',
  time: 1,
  millisecond: 0,
  userId,
  server: 'host:8082',
  status: 200,
  movieIds,
  error: null,
  latencyMs: 5,
});
const idsAsked = (from = 0) => world.asked.slice(from).flatMap(({ ids }) => ids);
const position = () => world.ledger.crawlPosition('user');
const states = () => world.logged.map(({ msg }) => String(msg)).filter((msg) => msg.startsWith('the details API'));

describe('a crawl of all', () => {
  test('asks for every user once and keeps those that exist, in bulk where the API makes lists', async () => {
    await world.crawl(apiOf({ users: [3, 400, 555] }), { USER_ID_MAX: '600' });
    await world.until('the end', async () => (await position()) === 601);
    expect((await world.users()).map(({ userId }) => userId)).toEqual([3, 400, 555]);
    expect(idsAsked()).toEqual(range(1, 600).map(String));
    expect(world.asked.map(({ ids }) => ids.length)).toEqual([2, 200, 200, 198]);
  });

  test('asks one by one where it makes none, after one try', async () => {
    await world.crawl(apiOf({ users: range(1, 20), bulk: false }), { USER_ID_MAX: '20' });
    await world.until('the end', async () => (await position()) === 21);
    expect((await world.users()).length).toBe(20);
    expect(world.asked.map(({ ids }) => ids.length)).toEqual([2, ...range(1, 20).map(() => 1)]);
  });

  test('never tries lists where they are switched off', async () => {
    await world.crawl(apiOf({ users: range(1, 20) }), { USER_ID_MAX: '20', DETAILS_BULK_MAX: '1' });
    await world.until('the end', async () => (await position()) === 21);
    expect(world.asked.map(({ ids }) => ids.length)).toEqual(range(1, 20).map(() => 1));
  });

  test('movies are those of the dictionary, later ones when they come', async () => {
    await world.ledger.itemIds(['a+1990', 'none+1990']);
    const settings = { USER_ID_MAX: '1', MOVIE_API_URL: 'http://api.invalid/movie' };
    await world.crawl(apiOf({ movies: ['a+1990', 'b+1990'] }), settings);
    const titles = async () => (await world.ledger.items()).map(({ movie }) => movie.title);
    await world.until('the first', async () => (await titles())[0] === 'Title of a+1990');
    await world.ledger.itemIds(['b+1990']);
    await world.until('the later', async () => (await titles())[2] === 'Title of b+1990');
    expect(await titles()).toEqual(['Title of a+1990', 'none+1990', 'Title of b+1990']);
    await world.pass(60_000);
    expect(world.asked.filter(({ kind }) => kind === 'movie').flatMap(({ ids }) => ids)).toEqual([
      'a+1990',
      'none+1990',
      'b+1990',
    ]);
  });

  test('after a restart no id is asked for that was asked for before, known or not', async () => {
    const api = apiOf({ users: range(1, 500).filter((id) => id % 2 === 0), bulk: false });
    const settings = { USER_ID_MAX: '500', DETAILS_BULK_MAX: '1' };
    const first = await world.crawl(api, settings);
    await world.until('some are asked for', () => world.asked.length >= 100);
    await first.stop();
    const before = world.asked.length;
    expect(before).toBeLessThan(500);
    await world.crawl(api, settings);
    await world.until('the end', async () => (await position()) === 501);
    // The request in hand at the stop is the only one that may come twice.
    const again = idsAsked(before).filter((id) =>
      idsAsked()
        .slice(0, before - 1)
        .includes(id),
    );
    expect(again).toEqual([]);
    expect(new Set(idsAsked()).size).toBe(500);
    expect((await world.users()).length).toBe(250);
  });

  test('planted: a position that is not kept makes the restart ask again', async () => {
    const settings = { USER_ID_MAX: '100', DETAILS_BULK_MAX: '1' };
    const first = await world.crawl(apiOf({}), settings);
    await world.until('some are asked for', () => world.asked.length >= 50);
    await first.stop();
    const before = world.asked.length;
    world.ledger.crawlPosition = async () => 1;
    await world.crawl(apiOf({}), settings);
    await world.until('the first again', () => idsAsked(before).includes('1'));
  });

  test('details that came from elsewhere are not asked for', async () => {
    await world.ledger.upsertUsers(
      range(1, 1_500).map((userId) => ({ userId, age: 1, gender: null, occupation: null })),
    );
    await world.crawl(apiOf({}), { USER_ID_MAX: '1502' });
    await world.until('the end', async () => (await position()) === 1_503);
    expect(idsAsked()).toEqual(['1501', '1502']);
  });

  test('of two ingestors one crawls, and the other goes on when it stops', async () => {
    const settings = { USER_ID_MAX: '300', DETAILS_BULK_MAX: '1' };
    const first = await world.crawl(apiOf({}), settings);
    await world.until('it has begun', () => world.asked.length > 5);
    await world.crawl(apiOf({}), settings);
    await world.pass(1_000);
    await first.stop();
    await world.until('the end', async () => (await position()) === 301);
    expect(new Set(idsAsked()).size).toBe(300);
    expect(idsAsked().length).toBeLessThanOrEqual(301);
  });
});

describe('an id that a line names', () => {
  test('is asked for before the rest of the crawl', async () => {
    const crawl = await world.crawl(apiOf({ users: [9_000] }), { USER_ID_MAX: '10000', DETAILS_BULK_MAX: '1' });
    await world.until('the crawl runs', () => world.asked.length > 10);
    const before = world.asked.length;
    crawl.notice(request(9_000));
    await world.until('it is known', async () => (await world.users()).length === 1);
    expect(idsAsked(before).indexOf('9000')).toBeLessThanOrEqual(1);
  });

  test('is asked for once while it is unknown or known, also after a restart, and again after the retry time', async () => {
    const settings = { USER_ID_MAX: '1', DETAILS_BULK_MAX: '1' };
    const crawl = await world.crawl(apiOf({ users: [60] }), settings);
    const asked = () => idsAsked().filter((id) => id === '50' || id === '60');
    for (let line = 0; line < 5; line++) {
      crawl.notice(request(50));
      crawl.notice(request(60));
      await world.pass(5_000);
    }
    await crawl.stop();
    const second = await world.crawl(apiOf({ users: [60] }), settings);
    second.notice(request(50));
    second.notice(request(60));
    await world.pass(5_000);
    expect(asked()).toEqual(['50', '60']);
    world.clock.advance(3_600_001);
    second.notice(request(50));
    second.notice(request(60));
    await world.pass(5_000);
    expect(asked()).toEqual(['50', '60', '50']);
  });

  test('a new account is asked for although it was unknown a moment ago', async () => {
    const users: number[] = [];
    const api: FakeApi = (kind, ids) => apiOf({ users })(kind, ids);
    const crawl = await world.crawl(api, { USER_ID_MAX: '1' });
    crawl.notice(request(77));
    await world.until('it is asked for', () => idsAsked().includes('77'));
    await world.pass(1_000);
    users.push(77);
    crawl.notice({ kind: 'account', time: 1, userId: 77 });
    await world.until('it is known', async () => (await world.users()).length === 1);
  });
});

describe('an API in trouble', () => {
  const recovers = async (trouble: FakeApi) => {
    let broken = true;
    const works = apiOf({ users: range(1, 40) });
    const crawl = await world.crawl((kind, ids) => (broken ? trouble(kind, ids) : works(kind, ids)), {
      USER_ID_MAX: '40',
    });
    await world.pass(600_000 / 4);
    const during = world.asked.length;
    broken = false;
    await world.until('all users', async () => (await world.users()).length === 40);
    return { during, metrics: await crawl.metrics() };
  };

  test.each<[string, FakeApi]>([
    ['down', () => ({ status: 503, text: '' })],
    ['busy', () => ({ status: 429, text: '{}' })],
    ['speaking garbage', () => ({ status: 200, text: '<html>' })],
    ['behind a wrong address', () => ({ status: 404, text: 'nothing here' })],
  ])('%s is asked with growing pauses, leaves nobody out, and is told once', async (_name, trouble) => {
    const { during } = await recovers(trouble);
    expect(during).toBeGreaterThan(5);
    expect(during).toBeLessThan(20);
    expect(states()).toEqual([
      'the details API does not answer; asked again with growing pauses',
      'the details API answers',
    ]);
  });

  test('the time that it asks for is waited', async () => {
    let refusals = 0;
    const busy: FakeApi = (kind, ids) =>
      refusals++ === 0 ? { status: 429, text: '', retryAfterMs: 90_000 } : apiOf({ users: [1, 2] })(kind, ids);
    await world.crawl(busy, { USER_ID_MAX: '2' });
    await world.until('both', async () => (await world.users()).length === 2);
    expect(world.asked[1].atMs - world.asked[0].atMs).toBeGreaterThanOrEqual(90_000);
    expect(states()).toEqual(['the details API answers']);
  });

  test('ids that fail while others work are given up, the others of their request are not', async () => {
    const works = apiOf({ users: range(1, 30) });
    const crawl = await world.crawl((kind, ids) => (ids.includes('17') ? json('boom', 500) : works(kind, ids)), {
      USER_ID_MAX: '30',
    });
    await world.until('the end', async () => (await position()) === 31);
    expect((await world.users()).map(({ userId }) => userId)).toEqual(range(1, 30).filter((id) => id !== 17));
    expect(await crawl.metrics()).toContain('reelay_details_ids_total{kind="user",outcome="given_up"} 1');
  });

  test('a stop does not wait for an answer that never comes', async () => {
    const crawl = await world.crawl(() => new Promise(() => {}));
    await world.until('it is asked', () => world.asked.length > 0);
    await crawl.stop();
    expect(world.asked).toHaveLength(1);
    expect(world.clock.pending).toBe(0);
  });

  test('details that cannot be stored are asked for again', async () => {
    const store = world.ledger.upsertUsers.bind(world.ledger);
    let refusals = 0;
    world.ledger.upsertUsers = async (rows) => {
      if (refusals++ < 3) throw new Error('planted');
      return store(rows);
    };
    await world.crawl(apiOf({ users: range(1, 5) }), { USER_ID_MAX: '5' });
    await world.until('all users', async () => (await world.users()).length === 5);
    expect(world.logged.filter(({ msg }) => msg === 'details cannot be stored')).toHaveLength(1);
  });
});

test('no more requests a second than allowed, users and movies together', async () => {
  await world.ledger.itemIds(range(1, 200).map((number) => `m${number}+1990`));
  await world.crawl(apiOf({ users: range(1, 100) }), {
    MOVIE_API_URL: 'http://api.invalid/movie',
    DETAILS_BULK_MAX: '1',
    DETAILS_RATE: '4',
  });
  await world.pass(20_000);
  expect(new Set(world.asked.map(({ kind }) => kind)).size).toBe(2);
  // A second's worth at once, then the rate.
  expect(world.asked.length).toBeLessThanOrEqual(4 + 20 * 4);
  expect(world.asked.length).toBeGreaterThan(60);
});
