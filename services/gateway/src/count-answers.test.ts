import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import type { Reply } from './answer-request.ts';
import { createAnswerCounts } from './count-answers.ts';
import { createGatewayMetrics } from './metrics.ts';

const figures = {
  inFlight: () => 0,
  jobsInFlight: () => 0,
  jobLimit: () => 0,
  breakerOpen: () => false,
  planEpoch: () => 0,
};
const reply = (outcome: Reply['response']['outcome']): Reply => ({
  origin: { picked: true },
  response: { requestId: 'r', userId: 1, outcome, modelVersion: null, history: null, items: [] },
});

test('successes are logged once in a hundred and once a second, fallbacks each', () => {
  const { log, lines } = createMemoryLogger();
  const clock = createManualClock();
  const counts = createAnswerCounts(createGatewayMetrics(createRegistry(), figures), log, clock);
  const answer = (outcome: Reply['response']['outcome'], times: number): number => {
    const before = lines.length;
    for (let at = 0; at < times; at++) counts.answered(reply(outcome), 1);
    return lines.length - before;
  };
  expect(answer('model', 1_000)).toBe(1);
  expect(answer('cache', 1_000)).toBe(1);
  clock.advance(1_000);
  expect(answer('model', 99)).toBe(1);
  clock.advance(1_000);
  expect(answer('model', 1)).toBe(0);
  expect(answer('fallback', 10)).toBe(10);
  expect(counts.state()).toEqual({ requests: 2_110, inTime: 2_110, model: 1_100, cache: 1_000, fallback: 10 });
});
