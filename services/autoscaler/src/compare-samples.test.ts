import { expect, test } from 'vitest';
import { compareSamples } from './compare-samples.ts';
import { aSample } from './testing/sample-builders.ts';

test('rates, shares and busy fraction are those of the time between two samples', () => {
  const older = aSample(1_000, { a: { done: 100, computeSeconds: 5 }, b: {} }, { g: { needed: 50, late: 0 } });
  const newer = aSample(
    3_000,
    { a: { done: 160, expired: 20, computeSeconds: 6 }, b: { done: 60, computeSeconds: 1 } },
    { g: { needed: 250, late: 50 } },
    { ready: 7, inHand: 3 },
  );
  expect(compareSamples(older, newer, null)).toEqual({
    running: 2,
    arrivalRate: 100,
    serviceRate: 60,
    busyFraction: 0.5,
    expiredShare: 20 / 140,
    fallbackShare: 0.25,
    ready: 7,
    unacknowledged: 3,
  });
});

test('a worker that waits during its jobs is as busy as its capacity is in hand', () => {
  const older = aSample(0, { a: { concurrency: 1 } });
  const newer = aSample(1_000, { a: { concurrency: 1, done: 45, inHandSeconds: 0.9, computeSeconds: 0.01 } });
  expect(compareSamples(older, newer, null)).toMatchObject({ busyFraction: 0.9, serviceRate: 50 });
});

test('a worker that started anew, or answered once only, is left out', () => {
  const older = aSample(0, { a: { done: 1_000, computeSeconds: 50 }, b: {} });
  const newer = aSample(1_000, { a: { done: 5 }, b: { done: 20, computeSeconds: 0.5 }, c: { done: 999 } });
  expect(compareSamples(older, newer, null)).toMatchObject({ busyFraction: 0.5, serviceRate: 40 });
});

test('who does not answer is unknown, not idle', () => {
  const newer = { ...aSample(1_000), running: 3, depth: null };
  expect(compareSamples(aSample(0), newer, 40)).toEqual({
    running: 3,
    arrivalRate: null,
    serviceRate: 40,
    busyFraction: null,
    expiredShare: null,
    fallbackShare: null,
    ready: null,
    unacknowledged: null,
  });
});

test('a known rate of work stays while too little is done to tell', () => {
  const [older, newer] = [aSample(0, { a: {} }), aSample(1_000, { a: { done: 1, computeSeconds: 0.5 } })];
  expect(compareSamples(older, newer, 40).serviceRate).toBe(40);
});

test('two samples of one moment say nothing about rates', () => {
  const one = aSample(5, { a: { done: 3 } });
  expect(compareSamples(one, one, null)).toMatchObject({ busyFraction: null, arrivalRate: null });
});
