import { describe, expect, test } from 'vitest';
import { scalingFaults, settledAtMs, type StepExpectation } from './check-scaling.ts';
import { dueTimes, type LoadRun } from './follow-load.ts';

const expected: StepExpectation = {
  upAtMs: 10_000,
  downAtMs: 40_000,
  highest: [6, 8],
  settledWithinMs: 15_000,
  intervalMs: 5_000,
};
const wantedAt = (atMs: number): number => (atMs > 12_000 && atMs < 50_000 ? 7 : 1);
/** A run in which all went well, seen each half second and asked each tenth. */
const soundRun = (): LoadRun => ({
  looks: Array.from({ length: 120 }, (_, at) => ({
    atMs: at * 500,
    wanted: wantedAt(at * 500),
    running: 1,
    draining: 0,
  })),
  answers: Array.from({ length: 600 }, (_, at) => ({
    dueMs: at * 100,
    latencyMs: 25,
    outcome: at * 100 > 10_000 && at * 100 < 14_000 ? 'fallback' : 'model',
  })),
});
/** The same with something changed between two moments. */
const runWith = (
  fromMs: number,
  toMs: number,
  change: { wanted?: number; outcome?: 'fallback' | 'failed'; latencyMs?: number },
): LoadRun => {
  const run = soundRun();
  for (const look of run.looks) if (look.atMs >= fromMs && look.atMs < toMs) look.wanted = change.wanted ?? look.wanted;
  for (const answer of run.answers) {
    if (answer.dueMs < fromMs || answer.dueMs >= toMs) continue;
    answer.outcome = change.outcome ?? answer.outcome;
    answer.latencyMs = change.latencyMs ?? answer.latencyMs;
  }
  return run;
};

describe('the check of a step', () => {
  test('finds nothing in a sound run', () => expect(scalingFaults(soundRun(), expected)).toEqual([]));

  test.each<[string, LoadRun, RegExp]>([
    ['one worker throughout', runWith(0, 60_000, { wanted: 1 }), /1 workers wanted at the end of the step/],
    ['workers that never go', runWith(40_000, 60_000, { wanted: 7 }), /7 workers wanted at the end$/],
    ['workers before the step', runWith(0, 9_000, { wanted: 3 }), /before the step 3/],
    ['two changes at once', runWith(13_000, 15_000, { wanted: 4 }), /two changes within/],
    ['fallbacks that go on', runWith(14_000, 40_000, { outcome: 'fallback' }), /are fallbacks still/],
    ['a job lost by draining', runWith(51_000, 51_100, { outcome: 'fallback' }), /1 of 200 jobs lost/],
    ['no answer', runWith(20_000, 20_100, { outcome: 'failed' }), /1 requests unanswered/],
    ['a late answer', runWith(20_000, 20_100, { latencyMs: 601 }), /1 answers later/],
    ['nothing asked', { answers: [], looks: [] }, /nothing was asked/],
  ])('finds %s', (_title, run, fault) => {
    expect(scalingFaults(run, expected)).toContainEqual(expect.stringMatching(fault));
  });

  test('says from when on fallbacks were gone', () => {
    const { answers } = soundRun();
    expect(settledAtMs(answers, 10_000, 40_000)).toBe(14_000);
    expect(settledAtMs(runWith(39_000, 40_000, { outcome: 'fallback' }).answers, 10_000, 40_000)).toBeUndefined();
  });
});

test('requests are due evenly within each step', () => {
  expect(
    dueTimes([
      { perSecond: 2, seconds: 1 },
      { perSecond: 4, seconds: 1 },
    ]),
  ).toEqual([0, 500, 1_000, 1_250, 1_500, 1_750]);
});
