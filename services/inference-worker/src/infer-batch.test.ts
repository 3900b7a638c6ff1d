import type { Answer, RecommendJob, UserHistory } from '@reelay/shared/contracts';
import type { AnswerPost, Delivery } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { AppError } from '@reelay/shared/runtime';
import { createManualClock, tinyFirstItemId } from '@reelay/shared/testing';
import { createModel } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { handleBatch, type InferDeps } from './infer-batch.ts';
import type { LoadedModel } from './load-model.ts';
import { createWorkerMetrics } from './metrics.ts';
import type { Likeness } from './open-likeness.ts';
import { arraysOf, probedModel } from './testing/probed-model.ts';
import { aJob } from './testing/world.ts';

const tiny = probedModel({ version: '1-aaaaaa' });
const loaded: LoadedModel = {
  version: '1-aaaaaa',
  model: createModel(arraysOf(tiny)),
  catalogue: tiny.catalogue,
  indexOf: (itemId) => itemId - tinyFirstItemId,
  groupOf: () => 0,
};
const likeness: Likeness = {
  similar: (index, count) => ({ by: 'factors', items: [{ index: index + 1, score: 1 / count }] }),
};
const lost = (userId: number): UserHistory => ({ userId, state: 'lost', version: 0, entries: [] });
const cold = (userId: number): UserHistory => ({ userId, state: 'cold', version: 0, entries: [] });

function inferDeps(change: Partial<InferDeps> = {}) {
  const clock = createManualClock();
  const reads: number[][] = [];
  const posts: AnswerPost[][] = [];
  const registry = createRegistry();
  const deps: InferDeps = {
    models: new Map([['1-aaaaaa', loaded]]),
    histories: { read: async (userIds) => (reads.push(userIds), userIds.map(cold)) },
    answers: { post: async (batch) => void posts.push(batch) },
    likenessOf: async () => likeness,
    metrics: createWorkerMetrics(registry, { versionsLoaded: () => 1 }),
    log: createMemoryLogger().log,
    clock,
    ...change,
  };
  const posted = (): Answer[] => posts.flat().map(({ answer }) => answer);
  return { deps, clock, reads, posts, posted, registry };
}

const delivery = (job: Partial<RecommendJob> = {}, change: Partial<Delivery<RecommendJob>> = {}) => ({
  job: { ...aJob, ...job },
  attempt: 1,
  budgetLeftMs: 350,
  takenAtMs: 0,
  ...change,
});

test('a batch is one trip for histories and one for answers, each to its own request', async () => {
  const { deps, reads, posts, posted } = inferDeps();
  const batch = [1, 2, 3].map((userId) => delivery({ userId, requestId: `r${userId}`, replyTo: `gw-${userId}` }));
  expect(await handleBatch(batch, deps)).toEqual(['done', 'done', 'done']);
  expect([reads, posts.length]).toEqual([[[1, 2, 3]], 1]);
  expect(posts[0]?.map(({ replyTo }) => replyTo)).toEqual(['gw-1', 'gw-2', 'gw-3']);
  expect(posted().map(({ requestId, userId, items }) => [requestId, userId, items.length])).toEqual([
    ['r1', 1, 20],
    ['r2', 2, 20],
    ['r3', 3, 20],
  ]);
});

test('a list to somebody’s wishes is not kept as the latest of its user', async () => {
  const { deps, posts, posted } = inferDeps();
  const rules = { offset: 2, exclude: [], genres: [], includeSeen: false };
  expect(await handleBatch([delivery(), delivery({ requestId: 'r2', rules })], deps)).toEqual(['done', 'done']);
  expect(posts.flat().map(({ keep }) => keep)).toEqual([undefined, false]);
  expect(posted()[1].items.slice(0, 18)).toEqual(posted()[0].items.slice(2));
});

test('an enquiry is answered after the lists of its batch, and never kept as an answer', async () => {
  const { deps, posts } = inferDeps();
  const enquiry = { kind: 'similar', itemId: tiny.catalogue[7].id, count: 2 } as const;
  const batch = [delivery({ requestId: 'r1', enquiry }), delivery({ requestId: 'r2' })];
  expect(await handleBatch(batch, deps)).toEqual(['done', 'done']);
  expect(posts.map((post) => post.map(({ answer: { requestId }, keep }) => [requestId, keep]))).toEqual([
    [['r2', undefined]],
    [['r1', false]],
  ]);
  const [{ answer }] = posts[1];
  expect(answer).toMatchObject({ told: { kind: 'similar' }, items: [{ id: tiny.catalogue[8].id, score: 0.5 }] });
});

test('an enquiry that cannot be answered now is tried once more; the lists of its batch are answered', async () => {
  const { deps, posted } = inferDeps({ likenessOf: away });
  const enquiry = { kind: 'similar', itemId: tiny.catalogue[7].id, count: 2 } as const;
  const batch = [delivery({ requestId: 'r1', enquiry }), delivery({ requestId: 'r2' })];
  expect(await handleBatch(batch, deps)).toEqual(['retry', 'done']);
  expect(posted().map(({ requestId }) => requestId)).toEqual(['r2']);
});

test('a request that nobody waits for is not answered', async () => {
  const { deps, clock, reads, posts } = inferDeps();
  clock.advance(350);
  expect(await handleBatch([delivery()], deps)).toEqual(['done']);
  expect([reads, posts]).toEqual([[], []]);
});

test('an expired request does not take the others with it', async () => {
  const { deps, clock, posted } = inferDeps();
  clock.advance(100);
  const batch = [delivery({ requestId: 'late' }, { budgetLeftMs: 100 }), delivery({ requestId: 'in time' })];
  expect(await handleBatch(batch, deps)).toEqual(['done', 'done']);
  expect(posted().map(({ requestId }) => requestId)).toEqual(['in time']);
});

test('a version that is not loaded is said so at once, beside the answers of the others', async () => {
  const { deps, reads, posted } = inferDeps();
  const batch = [delivery({ requestId: 'r1', modelVersion: '9-ffffff' }), delivery({ requestId: 'r2' })];
  expect(await handleBatch(batch, deps)).toEqual(['done', 'done']);
  expect(reads).toEqual([[42]]);
  expect(posted()).toMatchObject([
    { requestId: 'r1', modelVersion: '9-ffffff', problem: 'VERSION_NOT_LOADED', items: [] },
    { requestId: 'r2', modelVersion: '1-aaaaaa' },
  ]);
});

test('a history that is lost is no cold user', async () => {
  const { deps, posted } = inferDeps({ histories: { read: async (userIds) => userIds.map(lost) } });
  expect(await handleBatch([delivery()], deps)).toEqual(['done']);
  expect(posted()).toMatchObject([{ problem: 'HISTORY_LOST', items: [] }]);
});

test.each([
  ['no user', { userId: undefined }],
  ['a count of nothing', { count: 0 }],
  ['nowhere to answer to', { replyTo: undefined }],
])('a message with %s goes to the dead letters, and the others are answered', async (_what, change) => {
  const { deps, posted } = inferDeps();
  const verdicts = await handleBatch([delivery(change), delivery({ requestId: 'r2' })], deps);
  expect(verdicts).toEqual([{ reject: expect.stringContaining('MESSAGE_INVALID') }, 'done']);
  expect(posted().map(({ requestId }) => requestId)).toEqual(['r2']);
});

test('a history that cannot be computed with fails alone', async () => {
  const broken = { itemId: tinyFirstItemId, minutes: -1, rating: 0, ratedAt: 0, time: 1 };
  const read = async (userIds: number[]) =>
    userIds.map((userId): UserHistory =>
      userId === 1 ? { ...cold(1), state: 'known', entries: [broken] } : cold(userId),
    );
  const { deps, posted } = inferDeps({ histories: { read } });
  const verdicts = await handleBatch([delivery({ userId: 1 }), delivery({ userId: 2, requestId: 'r2' })], deps);
  expect(verdicts).toEqual([{ reject: expect.any(String) }, 'done']);
  expect(posted().map(({ userId }) => userId)).toEqual([2]);
});

const away = () => Promise.reject(new AppError('STORE_DOWN', 'away'));
test.each([
  ['histories', { histories: { read: away } }],
  ['answers', { answers: { post: away } }],
])('with the %s away a job is tried once more, then let go; never a dead letter', async (_what, change) => {
  const { deps } = inferDeps(change);
  const batch = [delivery(), delivery({}, { attempt: 2 }), delivery({ requestId: 5 as unknown as string })];
  expect(await handleBatch(batch, deps)).toEqual(['retry', 'done', { reject: expect.any(String) }]);
});

test('with the store away a job past its budget is let go at once', async () => {
  const { deps, clock } = inferDeps({
    histories: {
      read: () => {
        clock.advance(350);
        return away();
      },
    },
  });
  expect(await handleBatch([delivery()], { ...deps, clock })).toEqual(['done']);
});

test('what became of the jobs is counted, each once', async () => {
  const { deps, registry } = inferDeps();
  await handleBatch([delivery(), delivery({ modelVersion: '9-ffffff' }), delivery({}, { budgetLeftMs: 0 })], deps);
  const metrics = await registry.metrics();
  for (const outcome of ['scored', 'version_not_loaded', 'expired']) {
    expect(metrics).toContain(`reelay_worker_jobs_total{outcome="${outcome}"} 1`);
  }
});
