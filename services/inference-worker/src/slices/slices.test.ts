import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeReceiptBody, decodeSliceResults, trackFor, type UserResult } from '@reelay/shared/contracts';
import { openSliceQueue, type SliceQueue } from '@reelay/shared/messaging';
import { AppError } from '@reelay/shared/runtime';
import { openLedger, type Ledger, type NewJob } from '@reelay/shared/storage';
import { tinyFirstItemId, tinyModel, waitUntil } from '@reelay/shared/testing';
import type { InferenceWorkerDeps } from '../service.ts';
import { openWorld, type World } from '../testing/world.ts';

const version = '1-aaaaaa';
const userIds = Array.from({ length: 300 }, (_, at) => at + 1);

let folder: string;
let ledger: Ledger;
let slices: SliceQueue;
let world: World;

/** A started worker that takes slices, over a ledger of its own. */
async function open(change: (deps: InferenceWorkerDeps) => Partial<InferenceWorkerDeps> = () => ({})): Promise<void> {
  const url = `sqlite:${join(folder, 'ledger.db')}`;
  ledger = await openLedger(url);
  slices = await openSliceQueue('memory:');
  world = await openWorld({
    settings: { LEDGER_URL: url },
    change: (deps) => ({ slices, ...change({ ...deps, slices }) }),
  });
  await world.put(version);
  await world.announce({ epoch: 1, stable: version });
  const seen = userIds.filter((userId) => userId % 3 === 0).flatMap((userId) => [userId % 40, (7 * userId) % 40].map((item) => ({ userId, itemId: tinyFirstItemId + item, minutes: 90, rating: 0, ratedAt: 0, time: 1_700_000_000 + item }))); // prettier-ignore
  await world.histories.merge(seen);
  await world.worker.start();
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-slices-'));
});
afterEach(async () => {
  await world.dispose();
  await slices.close();
  await ledger.close();
  await rm(folder, { recursive: true, force: true });
});

async function addJob(change: Partial<NewJob> = {}, ids: number[][] = [userIds]): Promise<void> {
  const job = { jobId: 'job-1', createdMs: 1, activeDays: null, count: 20, keptCount: 20, asRows: false, ...change };
  await ledger.addJob(job);
  await ledger.addSlices(job.jobId, ids.map((some, sliceNo) => ({ sliceNo, userIds: Int32Array.from(some) }))); // prettier-ignore
  await ledger.changeJob(job.jobId, ['loading'], 'running');
}

const publish = (sliceNo = 0) => slices.publish({ jobId: 'job-1', sliceNo });
const progress = async () => (await ledger.job('job-1'))?.slices;
const untilDone = (count = 1) => waitUntil('the slices', async () => (await progress())?.done === count);
const results = async (): Promise<UserResult[]> =>
  (await ledger.sliceResults('job-1', -1, 99)).flatMap(({ body }) => [...decodeSliceResults(body)]);

const sourcesIn = (trace = ''): (string | undefined)[] => {
  const { list } = decodeReceiptBody(Buffer.from(trace, 'base64'));
  return list.form === 'indices' ? list.items.map(({ source }) => source) : [];
};

test('each user gets the list of a single request, in the order given, and it is kept as their latest', async () => {
  await open();
  await addJob();
  await publish();
  await untilDone();
  const found = await results();
  expect(found.map(({ userId }) => userId)).toEqual(userIds);
  const names = new Map(tinyModel({ version }).catalogue.map(({ itemId, id }) => [itemId, id]));
  for (const { userId, outcome, modelVersion, items } of found.filter(
    ({ userId }) => userId % 10 === 0 || userId < 7,
  )) {
    const kept = await world.answers.latest(userId);
    const single = await world.ask(userId, version);
    expect({ outcome, modelVersion }).toEqual({ outcome: 'model', modelVersion: version });
    expect(items.map(({ itemId }) => names.get(itemId))).toEqual(single.items.map(({ id }) => id));
    expect(items.map(({ score }) => score)).toEqual(single.items.map(({ score }) => Math.fround(score)));
    expect(items.map(({ source }) => source)).toEqual(sourcesIn(single.trace));
    expect({ ...kept, requestId: '' }).toEqual({ ...single, requestId: '' });
  }
  expect((await ledger.job('job-1'))?.users).toEqual({ total: 300, answered: 300, fallback: 0, failed: 0 });
});

test('short lists in the results do not shorten the kept ones, and rows are the results', async () => {
  await open();
  await addJob({ count: 3, asRows: true });
  await publish();
  await untilDone();
  const found = await results();
  expect(found.every(({ items }) => items.length === 3)).toBe(true);
  expect((await world.answers.latest(42))?.items).toHaveLength(20);
  const rows: unknown[] = [];
  await ledger.jobRows('job-1', (page) => void rows.push(...page));
  expect(rows).toHaveLength(900);
  expect(rows).toEqual(
    found.flatMap(({ userId, modelVersion, items }) => items.map((item, at) => ({ userId, rank: at + 1, ...item, modelVersion }))), // prettier-ignore
  );
});

test('users of a canary get its version', async () => {
  await open();
  await world.put('2-bbbbbb', { seed: 2 });
  const plan = { epoch: 2, stable: version, canary: '2-bbbbbb', share: 0.3, salt: 'x', withdrawn: [] };
  await world.plans.announce(plan);
  await waitUntil('both versions', () => world.worker.versions.length === 2);
  await addJob();
  await publish();
  await untilDone();
  const expected = userIds.map((userId) => (trackFor(userId, plan) === 'canary' ? '2-bbbbbb' : version));
  expect(new Set(expected).size).toBe(2);
  expect((await results()).map(({ modelVersion }) => modelVersion)).toEqual(expected);
});

test('a slice that comes twice is written once', async () => {
  await open();
  await addJob();
  await publish();
  await publish();
  await untilDone();
  await waitUntil('both taken', async () => (await slices.ready()) === 0);
  await publish();
  await waitUntil('over', async () => (await world.registry.metrics()).includes('slices_total{outcome="over"}'));
  expect((await results()).map(({ userId }) => userId)).toEqual(userIds);
});

test('a store that is away costs no try', async () => {
  let failures = 5;
  await open(({ histories }) => ({
    histories: {
      ...bound(histories),
      read: async (ids: number[]) => {
        if (failures-- > 0) throw new AppError('STORE_DOWN', 'planted');
        return histories.read(ids);
      },
    },
  }));
  await addJob();
  await publish();
  await untilDone();
  expect(failures).toBeLessThan(0);
  expect(await ledger.job('job-1')).toMatchObject({ retries: 0, users: { answered: 300 } });
});

test('a slice that fails three times is a dead letter with its reason; the others are done', async () => {
  await open(({ histories }) => ({
    histories: {
      ...bound(histories),
      read: async (ids: number[]) => {
        if (ids.includes(13)) throw new Error('planted');
        return histories.read(ids);
      },
    },
  }));
  await addJob({}, [[1, 2], [12, 13], [14]]);
  for (const sliceNo of [0, 1, 2]) await publish(sliceNo);
  await waitUntil('an end', async () => (await progress())?.waiting === 0);
  expect(await progress()).toMatchObject({ done: 2, dead: 1 });
  expect(await ledger.deadSlices('job-1', -1, 9)).toMatchObject([{ sliceNo: 1, attempts: 3, reason: 'planted' }]);
  expect(await slices.deadLetters(9)).toEqual([{ slice: { jobId: 'job-1', sliceNo: 1 }, reason: 'planted' }]);
});

test.each(['histories', 'answers'] as const)(
  'a stop while the %s are away gives a slice back as if it had never been published',
  async (port) => {
    let asked = 0;
    const away = async (): Promise<never> => {
      asked++;
      throw new AppError('STORE_DOWN', 'planted');
    };
    await open(({ histories, answers }) => ({
      histories: port === 'histories' ? replaced(histories, 'read', away) : histories,
      answers: port === 'answers' ? replaced(answers, 'keep', away) : answers,
    }));
    await addJob();
    await publish();
    await waitUntil('in hand', () => asked > 0);
    await world.worker.stop();
    expect(await slices.ready()).toBe(0);
    expect(await ledger.unpublishedSlices('job-1', 9)).toEqual([0]);
    expect(await ledger.job('job-1')).toMatchObject({ slices: { waiting: 1, started: 0 }, retries: 0 });
  },
);

test('nothing is written of a job that was cancelled meanwhile', async () => {
  await open(({ histories }) => ({
    histories: {
      ...bound(histories),
      read: async (ids: number[]) => {
        await ledger.cancelJob('job-1', 1);
        return histories.read(ids);
      },
    },
  }));
  await addJob();
  await publish();
  await waitUntil('over', async () => (await world.registry.metrics()).includes('slices_total{outcome="over"}'));
  expect(await results()).toEqual([]);
});

test('single requests are answered while a slice is in hand', async () => {
  await open();
  await addJob(
    {},
    Array.from({ length: 30 }, () => userIds),
  );
  for (let sliceNo = 0; sliceNo < 30; sliceNo++) await publish(sliceNo);
  await waitUntil('some done', async () => ((await progress())?.done ?? 0) > 0);
  expect((await world.ask(7, version)).items).toHaveLength(20);
  expect(((await progress())?.waiting ?? 0) > 0, 'slices were left when the single request was answered').toBe(true);
  await untilDone(30);
});

/** A port's methods, to put others beside them. */
const bound = <T extends object>(port: T): T =>
  new Proxy(port, {
    ownKeys: () => [
      'isUp',
      'merge',
      'read',
      'version',
      'isComplete',
      'markComplete',
      'markRebuilt',
      'takeWanted',
      'close',
    ],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    get: (target, key) => (Reflect.get(target, key) as () => unknown).bind(target),
  });

const replaced = <T extends object, K extends keyof T>(port: T, name: K, method: T[K]): T =>
  new Proxy(port, {
    get: (target, key) => (key === name ? method : (Reflect.get(target, key) as () => unknown).bind(target)),
  });
