import type { Outcome } from '@reelay/shared/contracts';
import type { OpenLoopAnswer } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { brokenPromises, isOfTiming, recoveryMs, type FaultRun } from './answer-phases.ts';

const [faultAt, backAt, everyMs] = [3_000, 8_000, 20];
const knownUser = 7;

const anAnswer = (index: number, outcome: Outcome, history = { items: 0, version: 0 }): OpenLoopAnswer => ({
  index,
  status: 200,
  body: JSON.stringify({ userId: index === 0 ? knownUser : 1_000, outcome, items: [{ id: 'a' }], history }),
  latencyMs: 10,
  dueAt: index * everyMs,
});

/** A run in which all promises are kept. */
function aGoodRun(): FaultRun {
  const answers = Array.from({ length: (backAt + recoveryMs + 3_000) / everyMs }, (_, index) => {
    const isDown = index * everyMs >= faultAt && index * everyMs < backAt;
    return anAnswer(index, isDown ? 'fallback' : 'model', { items: 3, version: 3 });
  });
  return { answers, faultAt, backAt, knownUsers: new Set([knownUser]), stalls: [] };
}

const withAnswers = (change: (answer: OpenLoopAnswer) => OpenLoopAnswer): FaultRun => {
  const run = aGoodRun();
  return { ...run, answers: run.answers.map(change) };
};

test('a run that keeps all promises passes', () => {
  expect(brokenPromises(aGoodRun())).toEqual([]);
});

test.each<[string, FaultRun]>([
  [
    'fault: 1 of 250 answers late, the slowest after 601 ms',
    withAnswers((answer) => (answer.index === 200 ? { ...answer, latencyMs: 601 } : answer)),
  ],
  [
    'recovery: 1 of 250 requests failed',
    withAnswers((answer) => (answer.index === 450 ? { ...answer, status: 0 } : answer)),
  ],
  ['after: 150 of 150 answers are fallbacks', { ...aGoodRun(), answers: fallbacksFrom(backAt) }],
  [
    "before: 1 answers without the user's history",
    withAnswers((answer) => (answer.index === 0 ? anAnswer(0, 'model') : answer)),
  ],
  [
    'the fault hit nothing: no fallback while it lasted',
    withAnswers(({ index }) => anAnswer(index, 'model', { items: 3, version: 3 })),
  ],
  ['after: only 0 requests', { ...aGoodRun(), answers: aGoodRun().answers.slice(0, 600) }],
  [
    'most came from the cache',
    withAnswers(({ index, body }) => ({ ...anAnswer(index, 'cache'), body: body.replace('model', 'cache') })),
  ],
])('the check says: %s', (what, run) => {
  expect(brokenPromises(run)).toContain(what);
});

/** Answer 200 came after 700 ms; the sender was away for so long of that time. */
const slowWhileStalled = (stalledMs: number): FaultRun => ({
  ...withAnswers((answer) => (answer.index === 200 ? { ...answer, latencyMs: 700 } : answer)),
  stalls: [
    { from: 0, to: 3_000 },
    { from: 200 * everyMs, to: 200 * everyMs + stalledMs },
  ],
});

test("the sender's own stall is forgiven, to the millisecond, to the answers that it fell upon", () => {
  expect(brokenPromises(slowWhileStalled(100))).toEqual([]);
  expect(brokenPromises(slowWhileStalled(99))).toEqual(['fault: 1 of 250 answers late, the slowest after 700 ms']);
});

function fallbacksFrom(time: number): OpenLoopAnswer[] {
  return aGoodRun().answers.map((answer) => (answer.dueAt < time ? answer : anAnswer(answer.index, 'fallback')));
}

test('only lateness is put down to a busy machine; a wrong answer never is', () => {
  const late = withAnswers((answer) => (answer.index === 200 ? { ...answer, latencyMs: 601 } : answer));
  const failed = withAnswers((answer) => (answer.index === 200 ? { ...answer, status: 500 } : answer));
  const forgotten = withAnswers((answer) => (answer.index === 0 ? anAnswer(0, 'model') : answer));
  const unhit = withAnswers((answer) => anAnswer(answer.index, 'model', { items: 3, version: 3 }));
  const judged = [late, failed, forgotten, unhit].map((run) => brokenPromises(run));
  expect(judged.every((broken) => broken.length > 0)).toBe(true);
  expect(judged.map((broken) => broken.every(isOfTiming))).toEqual([true, false, false, false]);
});
