import { emptyPlan, encodeReceiptBody, trackFor, type Plan, type Receipt } from '@reelay/shared/contracts';
import { listHash } from '@reelay/shared/runtime';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import {
  aReceipt,
  aReceiptBody,
  aRecommendation,
  aRequestId,
  aSegment,
  aWindow,
  createManualClock,
  noCsv,
} from '@reelay/shared/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEvidenceReader } from './evidence-reader.ts';

const beganMs = 1_800_000_000_000;
const logBegan = 1_700_000_000;
const rules = {
  settleInMs: 1_000,
  lagMs: 100,
  outcomeWindowSeconds: 600,
  outcomeSettleSeconds: 60,
  failure: { answers: 20, spanMs: 10_000 },
};
const plan: Plan = {
  ...emptyPlan,
  epoch: 2,
  stable: '1-aaaaaa',
  canary: '2-bbbbbb',
  share: 0.5,
  salt: '2.2-bbbbbb',
  release: {
    version: '2-bbbbbb',
    state: 'canary',
    startedAt: beganMs,
    stepAt: beganMs,
    held: false,
    previous: '1-aaaaaa',
    by: 'reelay',
    at: beganMs,
    reason: '',
  },
};
const userOf = (track: 'stable' | 'canary', from = 1): number => {
  let userId = from;
  while (trackFor(userId, plan) !== track) userId++;
  return userId;
};
const [stableUser, canaryUser] = [userOf('stable'), userOf('canary')];

let folder: string;
let ledger: Ledger;
let batches = 0;
const clock = createManualClock(beganMs + 3_600_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-evidence-'));
  ledger = await openLedger(`sqlite:${join(folder, 'ledger.db')}`);
});
afterEach(async () => {
  await ledger.close();
  await rm(folder, { recursive: true, force: true });
});

const readerAt = (seconds: number) =>
  createEvidenceReader({ ledger, rules, clock: createManualClock(beganMs + seconds * 1_000) });
const reader = (change: Partial<typeof rules> = {}) =>
  createEvidenceReader({ ledger, clock, rules: { ...rules, ...change } });

/** An answer so many seconds after the step began. */
const at = (seconds: number, userId: number, change: Partial<Receipt> = {}): Receipt => {
  const track = trackFor(userId, plan);
  const timeMs = beganMs + Math.round(seconds * 1_000);
  const build = { modelVersion: plan[track], dataVersion: '', commit: '' };
  return aReceipt(0, { requestId: aRequestId(batches++, timeMs), timeMs, userId, track, build, ...change });
};
const store = (...receipts: Receipt[]) => ledger.addReceipts([{ id: `batch-${batches++}`, receipts }]);
const fallback = (reason: Receipt['reason']): Partial<Receipt> => ({ outcome: 'fallback', rung: 'popular', reason });

test('answers since the step began count once, on the track that the plan gives their user', async () => {
  const read = reader();
  await store(
    at(0.5, canaryUser),
    at(2, canaryUser, { workMs: 100 }),
    at(3, stableUser, { workMs: 10 }),
    at(4, stableUser, { outcome: 'cache', workMs: null }),
    at(4, canaryUser, { track: 'stable' }),
    at(4, 0),
  );
  for (let look = 0; look < 2; look++) {
    const { stable, canary, ...told } = (await read(plan))!;
    expect(told).toEqual({ epoch: 2, share: 0.5, elapsedMs: 3_599_000, failure: null });
    expect([stable.users, stable.unanswered.n, stable.unanswered.y, stable.latency.sumMs]).toEqual([1, 2, 0, 10]);
    expect([canary.users, canary.unanswered.n, canary.unanswered.y, canary.latency.sumMs]).toEqual([1, 1, 0, 100]);
  }
  await store(at(5, canaryUser));
  expect((await read(plan))!.canary.unanswered.n).toBe(2);
});

test('receipts that come out of order within the lag are seen, and the last ones when no more come', async () => {
  const clockOf = createManualClock(beganMs + 10_500);
  const read = createEvidenceReader({ ledger, rules, clock: clockOf });
  const seen = async () => (await read(plan))!.canary.unanswered.n;
  await store(at(10, canaryUser));
  expect(await seen()).toBe(0);
  await store(at(9.95, canaryUser), at(10.2, canaryUser));
  expect(await seen()).toBe(2);
  clockOf.advance(30_000);
  expect(await seen()).toBe(3);
});

test('a receipt with a wild time in the future hides none of the others', async () => {
  await store(at(5, canaryUser), at(1_000_000, canaryUser));
  const read = readerAt(10);
  expect((await read(plan))!.canary.unanswered.n).toBe(1);
  await store(at(8, canaryUser));
  expect((await read(plan))!.canary.unanswered.n).toBe(2);
});

test('more answers than one look reads are read by the next looks', async () => {
  const many = 20_000 + 1_000;
  await store(...Array.from({ length: many }, (_, place) => at(2 + place / 1_000, canaryUser)));
  const read = reader();
  const counts = [];
  for (let look = 0; look < 3; look++) counts.push((await read(plan))!.canary.unanswered.n);
  expect(counts).toEqual([20_000, many, many]);
});

test('a step begins anew; holding it does not; another process reads it again from its beginning', async () => {
  const read = reader();
  await store(at(2, canaryUser), at(60, canaryUser));
  expect((await read(plan))!.canary.unanswered.n).toBe(2);
  const held = { ...plan, epoch: 3, release: { ...plan.release!, held: true } };
  expect(await read(held)).toMatchObject({ epoch: 3, canary: { unanswered: { n: 2 } } });
  const later = { ...plan, epoch: 4, release: { ...plan.release!, stepAt: beganMs + 30_000 } };
  expect((await read(later))!.canary.unanswered.n).toBe(1);
  expect((await reader()(plan))!.canary.unanswered.n).toBe(2);
});

test.each([
  ['TIMEOUT', 1],
  ['NO_WORKER', 1],
  ['VERSION_NOT_LOADED', 1],
  ['ANSWER_INVALID', 1],
  ['BREAKER_OPEN', 1],
  ['OVERLOAD', 1],
  ['HISTORY_LOST', 0],
  ['QUEUE_DOWN', 0],
  ['VERSION_WITHDRAWN', 0],
  ['NO_MODEL', 0],
  ['MALFORMED_ID', 0],
] as const)('a fallback for %s counts as %i answers, all of them failed', async (reason, count) => {
  await store(at(2, canaryUser, fallback(reason)));
  expect((await reader()(plan))!.canary.unanswered).toMatchObject({ n: count, y: count });
});

test('an answer of another version than the track’s is none of its own', async () => {
  await store(
    at(2, canaryUser, { build: { modelVersion: plan.stable, dataVersion: '', commit: '' } }),
    at(3, stableUser),
  );
  const { stable, canary } = (await reader()(plan))!;
  expect([stable.unanswered.y, canary.unanswered.y]).toEqual([0, 1]);
});

const twenty = (change: (place: number) => Partial<Receipt>, everyMs = 1_000) =>
  Array.from({ length: 20 }, (_, place) => at(2 + (place * everyMs) / 1_000, canaryUser, change(place)));
const ofStable = { build: { modelVersion: plan.stable, dataVersion: '', commit: '' } };

test.each([
  ['that no worker has loaded', () => ofStable, '20 from another version'],
  ['whose workers are gone', () => fallback('NO_WORKER'), '20 NO_WORKER'],
  ['that fails more than half of the time', (place: number) => (place % 5 < 2 ? {} : fallback('TIMEOUT')), 'TIMEOUT'],
])('a version %s is a failure, in words', async (_, change, text) => {
  await store(...twenty(change));
  expect((await reader()(plan))!.failure).toContain(text);
  expect((await reader()(plan))!.failure).toContain('2-bbbbbb cannot serve');
});

test.each([
  ['half of them were made', twenty((place) => (place % 2 ? {} : fallback('TIMEOUT')))],
  ['they were kept', twenty(() => ({ outcome: 'cache' }))],
  ['it lasted five seconds', twenty(() => fallback('NO_WORKER'), 250)],
  ['there are too few', twenty(() => fallback('NO_WORKER')).slice(1)],
  [
    'it is over',
    [
      ...twenty(() => fallback('TIMEOUT')),
      ...twenty(() => ({})).map((one) => ({
        ...one,
        timeMs: one.timeMs + 30_000,
        requestId: aRequestId(batches++, one.timeMs + 30_000),
      })),
    ],
  ],
  ['the store was away', twenty(() => fallback('BREAKER_OPEN'))],
  ['the broker was away', twenty(() => fallback('QUEUE_DOWN'))],
])('no failure when %s', async (_, receipts) => {
  await store(...receipts);
  expect((await reader()(plan))!.failure).toBeNull();
});

test('lists whose window is over say what was watched, and what ratings differ from what was foretold', async () => {
  const items = await ledger.itemIds(['a', 'b']);
  const progress = await ledger.claim('movielog1', 0);
  const line = (userId: number, after: number, result: string) =>
    aRecommendation({ userId, time: logBegan + after, result });
  const fillers = Array.from({ length: 21 }, (_, place) => line(90_000 + place, 5_000, 'z'));
  await ledger.commitWindow(
    aWindow(progress, {
      recommendations: [line(canaryUser, 0, 'a,b'), line(stableUser, 0, 'a'), line(canaryUser, 4_341, 'b'), ...fillers],
      segments: [
        aSegment({ userId: stableUser, itemId: items.get('a')!, firstTime: logBegan + 60, lastTime: logBegan + 120 }),
      ],
      ratings: [{ userId: canaryUser, itemId: items.get('b')!, time: logBegan + 70, rating: 2 }],
    }),
    noCsv,
  );
  const body = encodeReceiptBody(
    aReceiptBody({
      list: {
        form: 'indices',
        items: [0, 1].map((index) => ({ index, score: 1, source: 'personal', foretold: 3 + index })),
      },
    }),
  );
  await store(
    at(2, canaryUser, { listHash: listHash(canaryUser, 'a,b'), body }),
    at(2, stableUser, { listHash: listHash(stableUser, 'a') }),
    at(3, canaryUser, { listHash: listHash(canaryUser, 'b') }),
  );
  const read = reader();
  for (let look = 0; look < 2; look++) {
    const { stable, canary } = (await read(plan))!;
    expect([stable.watched.n, stable.watched.y]).toEqual([1, 1]);
    expect([canary.watched.n, canary.watched.y], 'the second one may still be watched').toEqual([1, 0]);
    expect([canary.squaredErrors.n, canary.squaredErrors.y]).toEqual([1, 4]);
  }
});
