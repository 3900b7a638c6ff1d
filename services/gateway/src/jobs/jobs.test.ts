import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jobList, jobResult, jobStatus, type JobStatus } from '@reelay/shared/contracts';
import { openSliceQueue, type SliceQueue } from '@reelay/shared/messaging';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { aRating, aRecommendation, aWindow, noCsv, waitUntil } from '@reelay/shared/testing';
import { openWorld, type World } from '../testing/world.ts';
import { foundFor, startSliceWorker } from './slice-worker.fixture.ts';

let folder: string;
let ledger: Ledger;
let slices: SliceQueue;
let world: World;

const url = (): string => `sqlite:${join(folder, 'ledger.db')}`;
const openGateway = (settings: Record<string, string> = {}) =>
  openWorld({ settings: { LEDGER_URL: url(), JOB_SLICE_USERS: '10', ...settings }, change: () => ({ slices }) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-jobs-'));
  ledger = await openLedger(url());
  slices = await openSliceQueue('memory:');
  world = await openGateway();
  await ledger.itemIds(Array.from({ length: 30 }, (_, at) => `movie+${at + 1}+2000`));
});
afterEach(async () => {
  await world.dispose();
  await slices.close();
  await ledger.close();
  await rm(folder, { recursive: true, force: true });
});

const users = (count: number): number[] => Array.from({ length: count }, (_, at) => 5 * at + 1);
const post = (path: string, body: string, type = 'application/x-ndjson') =>
  fetch(world.url(path), { method: 'POST', body, headers: { 'content-type': type } });
const sendJob = async (ids: number[], query = ''): Promise<JobStatus> => {
  const response = await post(`/jobs${query}`, ids.join('\n'));
  expect(response.status).toBe(202);
  return jobStatus.parse(await response.json());
};
const statusOf = async (jobId: string) => jobStatus.parse(await (await world.get(`/jobs/${jobId}`)).json());
const untilState = async (jobId: string, state: string) => {
  await waitUntil(`a job that is ${state}`, async () => (await statusOf(jobId)).state === state);
  return statusOf(jobId);
};
const resultsOf = async (jobId: string, query = '') => {
  const response = await world.get(`/jobs/${jobId}/results${query}`);
  expect(response.status).toBe(200);
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => jobResult.parse(JSON.parse(line)));
};

describe('a job over users', () => {
  test('each user comes once, in order, with their list; slices are of the set size', async () => {
    await startSliceWorker(slices, ledger);
    const ids = users(95);
    const sent = await sendJob([...ids, ...ids.slice(0, 30)]);
    expect(sent).toMatchObject({ users: { total: 95 }, slices: { total: 10 }, n: 20, rows: false, active: null });
    const done = await untilState(sent.jobId, 'done');
    expect(done).toMatchObject({ slices: { done: 10, waiting: 0 }, users: { model: 95 }, retries: 0 });
    expect(done.finished).not.toBeNull();
    const results = await resultsOf(sent.jobId);
    expect(results.map(({ userId }) => userId)).toEqual(ids);
    for (const { userId, items, outcome, modelVersion } of results) {
      const found = foundFor(userId, 20);
      expect({ outcome, modelVersion }).toEqual({ outcome: 'model', modelVersion: '1-aaaaaa' });
      expect(items.map(({ id }) => id)).toEqual(found.items.map(({ itemId }) => `movie+${itemId}+2000`));
      expect(items.map(({ source }) => source)).toEqual(found.items.map(({ source }) => source));
    }
  });

  test('ids may be objects, with empty lines between, in pieces of any size; wishes stand in the query', async () => {
    const taken = await startSliceWorker(slices, ledger);
    const body = '7\n\n{"userId": 8}\r\n  9 \n2147483647';
    const jobId = await new Promise<string>((resolve, reject) => {
      const sending = request(world.url('/jobs?n=3&rows=true'), { method: 'POST' }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(jobStatus.parse(JSON.parse(text)).jobId));
      }).on('error', reject);
      for (const byte of body) sending.write(byte);
      sending.end();
    });
    await untilState(jobId, 'done');
    expect(taken.flatMap(({ userIds }) => [...userIds])).toEqual([7, 8, 9, 2_147_483_647]);
    expect(taken[0]?.job).toMatchObject({ count: 3, keptCount: 20, asRows: true });
  });

  test.each([
    ['7\nabc\n9', 'line 2'],
    ['0', 'line 1'],
    ['{"userId":"7"}', 'line 1'],
    ['1'.repeat(100_000), 'line 1'],
    ['', 'no user id'],
  ])('a body that is no list of users is refused, and leaves nothing to do (%#)', async (body, told) => {
    const response = await post('/jobs', body);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(told);
    const { jobs } = jobList.parse(await (await world.get('/jobs')).json());
    expect(jobs.map(({ state }) => state)).toEqual(['failed']);
  });

  test('a sender that breaks off leaves nothing to do', async () => {
    const taken = await startSliceWorker(slices, ledger);
    const sending = request(world.url('/jobs'), { method: 'POST' }).on('error', () => {});
    sending.write(`${users(500).join('\n')}\n`);
    await waitUntil('slices come', async () => ((await ledger.jobs(1))[0]?.slices.total ?? 0) > 0);
    sending.destroy();
    await waitUntil('failed', async () => (await ledger.jobs(1))[0]?.state === 'failed');
    expect(taken).toEqual([]);
  });

  test('a slice that fails is tried again; a dead one is listed with its users, and can be tried once more', async () => {
    let broken = true;
    await startSliceWorker(slices, ledger, async ({ sliceNo, attempt }) => {
      if (sliceNo !== 1 || !broken) return undefined;
      return attempt < 3 ? 'again' : { reject: 'planted' };
    });
    const { jobId } = await sendJob(users(30));
    const ended = await untilState(jobId, 'incomplete');
    expect(ended).toMatchObject({ slices: { done: 2, dead: 1 }, retries: 2 });
    const letters: unknown = await (await world.get(`/jobs/${jobId}/dead-letters`)).json();
    expect(letters).toEqual({
      deadLetters: [{ slice: 1, attempts: 3, reason: 'planted', userIds: users(30).slice(10, 20) }],
    });
    expect((await resultsOf(jobId)).map(({ userId }) => userId)).toEqual(users(30).toSpliced(10, 10));
    broken = false;
    expect((await post(`/jobs/${jobId}/retry`, '')).status).toBe(202);
    await untilState(jobId, 'done');
    expect((await resultsOf(jobId)).map(({ userId }) => userId)).toEqual(users(30));
  });

  test('a cancelled job is not gone on with; before its end results are given on request only', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const taken = await startSliceWorker(slices, ledger, async ({ sliceNo }) => {
      if (sliceNo === 2) await held;
      return undefined;
    });
    const { jobId } = await sendJob(users(60));
    await waitUntil('two done', async () => (await statusOf(jobId)).slices.done === 2);
    expect((await world.get(`/jobs/${jobId}/results`)).status).toBe(409);
    expect(await resultsOf(jobId, '?partial=true')).toHaveLength(20);
    const cancelled = await fetch(world.url(`/jobs/${jobId}`), { method: 'DELETE' });
    expect(await cancelled.json()).toMatchObject({ state: 'cancelled', slices: { done: 2, cancelled: 4 } });
    release();
    await waitUntil('the queue is empty', async () => (await slices.ready()) === 0);
    expect(taken).toHaveLength(3);
    expect(await resultsOf(jobId)).toHaveLength(20);
  });

  test('what a restart left is gone on with, each user once', async () => {
    const { jobId } = await sendJob(users(100));
    await waitUntil('published', async () => (await slices.ready()) === 10);
    await world.dispose();
    await slices.close();
    slices = await openSliceQueue('memory:');
    world = await openGateway();
    await startSliceWorker(slices, ledger);
    await untilState(jobId, 'done');
    expect((await resultsOf(jobId)).map(({ userId }) => userId)).toEqual(users(100));
  });

  test('only a few slices are published ahead', async () => {
    await world.dispose();
    world = await openGateway({ JOB_WINDOW: '3' });
    const { jobId } = await sendJob(users(100));
    await waitUntil('published', async () => (await slices.ready()) === 3);
    await startSliceWorker(slices, ledger);
    await untilState(jobId, 'done');
  });

  test('an unknown job is a 404, and a job needs a key where there are keys', async () => {
    for (const path of ['/jobs/none', '/jobs/none/results', '/jobs/none/dead-letters', `/jobs/${'x'.repeat(500)}`])
      expect((await world.get(path)).status).toBe(404);
    await world.dispose();
    world = await openGateway({ API_KEYS: 'secret' });
    expect((await post('/jobs', '1')).status).toBe(401);
    expect((await world.get('/jobs', { authorization: 'Bearer secret' })).status).toBe(200);
  });
});

describe('a job over active users', () => {
  const watchedNow = async (...userIds: number[]) => {
    const time = Math.floor(Date.now() / 1_000) - 60;
    const ratings = userIds.map((userId) => aRating({ userId, time })).concat(aRating({ userId: 9, time: time - 20 * 86_400 })); // prettier-ignore
    await ledger.commitWindow(aWindow(await ledger.claim('movielog1', 0), { ratings }), noCsv);
  };

  test('is over those who did something in that time', async () => {
    await startSliceWorker(slices, ledger);
    await watchedNow(3, 1, 2);
    const response = await post('/jobs', '{"active": 10, "n": 5}', 'application/json');
    expect(response.status).toBe(202);
    const { jobId } = jobStatus.parse(await response.json());
    expect(await untilState(jobId, 'done')).toMatchObject({ active: 10, n: 5, users: { model: 3 } });
    expect((await resultsOf(jobId)).map(({ userId }) => userId)).toEqual([1, 2, 3]);
    const wider = jobStatus.parse(await (await post('/jobs', '{"active": 30}', 'application/json')).json());
    await untilState(wider.jobId, 'done');
    expect((await resultsOf(wider.jobId)).map(({ userId }) => userId)).toEqual([1, 2, 3, 9]);
  });

  test('counts from the newest request of a log that has a time of its own', async () => {
    await startSliceWorker(slices, ledger);
    const time = Math.floor(Date.UTC(2019, 4, 1) / 1_000);
    const ratings = [30, 1].map((userId) => aRating({ userId, time: time - 3_600 * userId }));
    const rows = { ratings, recommendations: [aRecommendation({ time })] };
    await ledger.commitWindow(aWindow(await ledger.claim('movielog1', 0), rows), noCsv);
    const { jobId } = jobStatus.parse(await (await post('/jobs', '{"active": 1}', 'application/json')).json());
    await untilState(jobId, 'done');
    expect((await resultsOf(jobId)).map(({ userId }) => userId)).toEqual([1]);
  });

  test('a body with anything else is refused', async () => {
    for (const body of ['{}', '{"active":0}', '{"active":3,"more":1}', '[1,2]', '{'])
      expect((await post('/jobs', body, 'application/json')).status).toBe(400);
  });

  test('nobody active is a job that is done', async () => {
    const { jobId } = jobStatus.parse(await (await post('/jobs', '{"active": 1}', 'application/json')).json());
    expect(await untilState(jobId, 'done')).toMatchObject({ users: { total: 0 } });
    expect(await resultsOf(jobId)).toEqual([]);
  });

  test('a loader that was lost is gone on with where it stopped', async () => {
    await startSliceWorker(slices, ledger);
    await watchedNow(...users(25));
    await world.dispose();
    const lost = { jobId: 'lost', createdMs: Date.now(), activeDays: 1, count: 20, keptCount: 20, asRows: false };
    await ledger.addJob(lost, { holder: 'gone', untilMs: Date.now() - 1 });
    await ledger.addSlices('lost', [{ sliceNo: 0, userIds: Int32Array.from(users(25).slice(0, 10)) }]);
    world = await openGateway();
    await untilState('lost', 'done');
    expect((await resultsOf('lost')).map(({ userId }) => userId)).toEqual(users(25));
  });

  test('the schedule makes one job each time, of two gateways too, and leaves out what would overtake the one before', async () => {
    await watchedNow(1);
    const settings = { REFRESH_SCHEDULE: '* * * * * *', REFRESH_ACTIVE_DAYS: '10' };
    const [first, second] = [await openGateway(settings), await openGateway(settings)];
    try {
      await waitUntil('a skip', async () => {
        const told = await Promise.all([first, second].map(({ registry }) => registry.metrics()));
        return told.every((text) => text.includes('jobs_total{event="skipped"}'));
      });
      const made = await ledger.jobs(9);
      expect(made).toMatchObject([{ activeDays: 10, state: 'running', slices: { total: 1 } }]);
      expect(made[0]?.jobId).toMatch(/^refresh-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    } finally {
      await first.dispose();
      await second.dispose();
    }
  });
});
