import type { Answer, RecommendJob } from '@reelay/shared/contracts';
import { openWorkQueue } from '@reelay/shared/messaging';
import { AppError, type Clock } from '@reelay/shared/runtime';
import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { createWorkerDesk, type Question } from './ask-worker.ts';
import { createAdaptiveLimit } from './limit-in-flight.ts';

const question: Question = {
  requestId: 'r1',
  userId: 42,
  route: { track: 'stable', version: '1-aaaaaa' },
  historyVersion: 3,
  count: 20,
  timeLeftMs: 350,
};

const limitsOf = (clock: Clock, max = 100) => ({
  stable: createAdaptiveLimit({ clock, targetMs: 175, max }),
  canary: createAdaptiveLimit({ clock, targetMs: 175, max }),
});

function openDesk(max?: number) {
  const clock = createManualClock();
  const limits = limitsOf(clock, max);
  const published: { job: RecommendJob; budgetMs: number }[] = [];
  const queue = {
    publish: async (_slot: string, job: RecommendJob, { budgetMs }: { budgetMs: number }) =>
      void published.push({ job, budgetMs }),
  };
  return { clock, published, limits, desk: createWorkerDesk({ queue, clock, replyTo: 'gw-1', limits }) };
}

const answerTo = (job: RecommendJob | undefined, change: Partial<Answer> = {}): Answer => {
  if (!job) throw new Error('there is no job');
  const { requestId, userId, modelVersion } = job;
  const items = [{ id: `for+${requestId}+2001`, score: 1 }];
  return { requestId, userId, modelVersion, history: { items: 1, version: 3 }, items, ...change };
};

test('the job names what is asked, and its budget is the time that is left', async () => {
  const { desk, published } = openDesk();
  const asked = desk.ask({ ...question, timeLeftMs: 123 });
  const job = { requestId: 'r1', userId: 42, modelVersion: '1-aaaaaa', count: 20, replyTo: 'gw-1' };
  expect(published).toEqual([{ job, budgetMs: 123 }]);
  const answer = answerTo(published[0]?.job);
  expect(desk.settle([answer])).toBe(0);
  expect(await asked).toEqual(answer);
  expect(desk.waiting).toBe(0);
});

test('nobody waits longer than the time that is left', async () => {
  const { desk, clock } = openDesk();
  let result: unknown = 'waiting';
  const asked = desk.ask(question).then((settled) => (result = settled));
  clock.advance(349);
  await Promise.resolve();
  expect(result).toBe('waiting');
  clock.advance(1);
  await asked;
  expect(result).toBe('TIMEOUT');
  expect([desk.waiting, clock.pending]).toEqual([0, 0]);
});

test('a late answer answers nobody, and no other request', async () => {
  const { desk, clock, published } = openDesk();
  const first = desk.ask(question);
  clock.advance(350);
  expect(await first).toBe('TIMEOUT');
  const second = desk.ask({ ...question, requestId: 'r2' });
  expect(desk.settle([answerTo(published[0]?.job)])).toBe(1);
  expect(desk.waiting).toBe(1);
  const right = answerTo(published[1]?.job);
  desk.settle([right]);
  expect(await second).toEqual(right);
});

test('an answer that comes twice counts once', async () => {
  const { desk, published } = openDesk();
  const asked = desk.ask(question);
  const answer = answerTo(published[0]?.job);
  expect(desk.settle([answer, answer])).toBe(1);
  expect(await asked).toEqual(answer);
});

test.each([
  ['another user', { userId: 43 }],
  ['another version', { modelVersion: '0-000000' }],
])('an answer of %s under the same request id is refused', async (_what, change) => {
  const { desk, published } = openDesk();
  const asked = desk.ask(question);
  desk.settle([answerTo(published[0]?.job, change)]);
  expect(await asked).toBe('ANSWER_INVALID');
});

test('the same user with the same history shares the job under way', async () => {
  const { desk, clock, published } = openDesk();
  const first = desk.ask(question);
  clock.advance(100);
  const second = desk.ask({ ...question, requestId: 'r2' });
  expect(published.length).toBe(1);
  const answer = answerTo(published[0]?.job);
  desk.settle([answer]);
  expect(await Promise.all([first, second])).toEqual([answer, answer]);
});

test.each([
  ['another user', { userId: 43 }],
  ['a newer history', { historyVersion: 4 }],
  ['another version', { route: { track: 'stable', version: '2-bbbbbb' } as const }],
  ['another slot', { route: { track: 'canary', version: '1-aaaaaa' } as const }],
  ['other rules', { rules: { offset: 1, exclude: [], genres: [], includeSeen: false } }],
])('%s gets a job of its own', (_what, change) => {
  const { desk, published } = openDesk();
  void desk.ask(question);
  void desk.ask({ ...question, requestId: 'r2', ...change });
  expect(published.length).toBe(2);
});

test('a job that is about to run out of its budget is not shared', () => {
  const { desk, clock, published } = openDesk();
  void desk.ask(question);
  clock.advance(175);
  void desk.ask({ ...question, requestId: 'r2' });
  expect(published.length).toBe(2);
});

test('who shares a job leaves at the own deadline, and the others stay', async () => {
  const { desk, clock, published } = openDesk();
  const first = desk.ask(question);
  clock.advance(100);
  const second = desk.ask({ ...question, requestId: 'r2' });
  clock.advance(250);
  expect(await first).toBe('TIMEOUT');
  const answer = answerTo(published[0]?.job);
  desk.settle([answer]);
  expect(await second).toEqual(answer);
});

test('a queue that is down tells everybody who waits, at once', async () => {
  const queue = { publish: () => Promise.reject(new AppError('QUEUE_DOWN', 'away')) };
  const clock = createManualClock();
  const desk = createWorkerDesk({ queue, clock, replyTo: 'gw-1', limits: limitsOf(clock) });
  expect(await Promise.all([desk.ask(question), desk.ask({ ...question, requestId: 'r2' })])).toEqual([
    'QUEUE_DOWN',
    'QUEUE_DOWN',
  ]);
  expect([desk.waiting, clock.pending]).toEqual([0, 0]);
});

test('with no time left nothing is published', async () => {
  const queue = await openWorkQueue<RecommendJob>('memory:');
  const clock = createManualClock();
  const desk = createWorkerDesk({ queue, clock, replyTo: 'gw-1', limits: limitsOf(clock) });
  expect(await desk.ask({ ...question, timeLeftMs: 0 })).toBe('TIMEOUT');
  expect((await queue.depth('stable')).ready).toBe(0);
});

test('above the limit of jobs nothing is published, and every end of a job makes room', async () => {
  const { desk, clock, published, limits } = openDesk(8);
  const ask = (n: number) => desk.ask({ ...question, requestId: `r${n}`, userId: n });
  const asked = [1, 2, 3, 4].map(ask);
  expect([await ask(5), published.length]).toEqual(['OVERLOAD', 4]);
  desk.settle([answerTo(published[0]?.job)]);
  clock.advance(350);
  await Promise.all(asked);
  expect(limits.stable.inFlight).toBe(0);
  void ask(6);
  expect(published.length).toBe(5);
});
