import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { createBreaker } from './path-breaker.ts';

function openBreaker() {
  const clock = createManualClock();
  const breaker = createBreaker({ clock, failuresMax: 3, tryEveryMs: 200, aloneAfterMs: 2_000 });
  return { clock, breaker, fail: (times: number) => Array.from({ length: times }, () => breaker.failed()) };
}

test('failures in a row open it, others do not', () => {
  const { breaker, fail } = openBreaker();
  fail(2);
  breaker.succeeded();
  fail(2);
  expect(breaker.isOpen).toBe(false);
  fail(1);
  expect(breaker.isOpen).toBe(true);
});

test('the first success closes it', () => {
  const { breaker, fail } = openBreaker();
  fail(7);
  breaker.succeeded();
  expect(breaker.isOpen).toBe(false);
});

test('while many ask, one in 200 ms is tried, and nobody waits for it', () => {
  const { clock, breaker, fail } = openBreaker();
  fail(3);
  const trials = Array.from({ length: 100 }, () => (clock.advance(10), breaker.trial()));
  expect(trials.filter((trial) => trial === 'background').length).toBe(5);
  expect(trials.filter((trial) => trial === 'foreground').length).toBe(0);
});

test('who asks after a long silence is tried', () => {
  const { clock, breaker, fail } = openBreaker();
  fail(3);
  clock.advance(5_000);
  expect([breaker.trial(), breaker.trial()]).toEqual(['foreground', 'none']);
});
