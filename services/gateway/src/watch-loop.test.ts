import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { createAdmission } from './admit-request.ts';
import { watchLoop } from './watch-loop.ts';

/** A clock whose time passes while nothing runs: timers come late. */
function stallingClock() {
  const clock = createManualClock();
  let stalledMs = 0;
  return {
    ...clock,
    monotonicMs: () => clock.monotonicMs() + stalledMs,
    stall: (ms: number) => void (stalledMs += ms),
    get pending() {
      return clock.pending;
    },
  };
}

test('a loop that runs is not late', () => {
  const clock = stallingClock();
  const loop = watchLoop(clock);
  const seen = Array.from({ length: 200 }, () => (clock.advance(7), loop.lateMs()));
  expect(Math.max(...seen)).toBe(0);
});

test('what is read after a stall may be as old as the stall, before and after the next timer', () => {
  const clock = stallingClock();
  const loop = watchLoop(clock);
  clock.advance(20);
  clock.stall(300);
  expect(loop.lateMs()).toBe(280);
  clock.advance(20);
  expect(loop.lateMs()).toBe(300);
  clock.advance(20);
  expect(loop.lateMs()).toBe(0);
});

test('a late loop admits nobody, until it is in time again', () => {
  const clock = stallingClock();
  const loop = watchLoop(clock);
  const admission = createAdmission({ inFlightMax: 10, lateMaxMs: 150, loop });
  clock.stall(400);
  expect([admission.enter(), admission.inFlight]).toEqual([false, 0]);
  clock.advance(40);
  expect([admission.enter(), admission.inFlight]).toEqual([true, 1]);
});

test('a stopped watch leaves no timer', () => {
  const clock = stallingClock();
  watchLoop(clock).stop();
  expect(clock.pending).toBe(0);
});
