import { createManualClock, type ManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { createAdaptiveLimit, type AdaptiveLimit, type Ticket } from './limit-in-flight.ts';

type Limit = Pick<AdaptiveLimit, 'enter' | 'leave'>;

/** Who waited so long has gone; the broker drops their job. */
const deadlineMs = 350;
/** From worker to caller. */
const wayBackMs = 20;

/** Workers that do `capacity` a second, one after the other, while `offered` a second arrive. Returns how many got an answer in time. */
function simulate(
  { offered, capacity, seconds }: { offered: number; capacity: number; seconds: number },
  clock: ManualClock,
  limit: Limit,
): { inTime: number; refused: number } {
  let queue: { atMs: number; ticket: Ticket }[] = [];
  const seen = { inTime: 0, refused: 0 };
  let [due, work] = [0, 0];
  for (let ms = 0; ms < seconds * 1_000; ms++) {
    clock.advance(1);
    for (due += offered / 1_000; due >= 1; due--) {
      const ticket = limit.enter();
      if (ticket === null) seen.refused++;
      else queue.push({ atMs: ms, ticket });
    }
    const gone = queue.findIndex(({ atMs }) => ms - atMs < deadlineMs);
    for (const { ticket } of queue.splice(0, gone === -1 ? queue.length : gone))
      limit.leave(ticket, { waitedMs: deadlineMs, answered: false });
    for (work += capacity / 1_000; work >= 1; work--) {
      const job = queue.shift();
      if (job === undefined) continue;
      const waitedMs = Math.min(deadlineMs, ms - job.atMs + wayBackMs);
      const answered = waitedMs < deadlineMs;
      if (answered) seen.inTime++;
      limit.leave(job.ticket, { waitedMs, answered });
    }
    if (queue.length === 0) work = Math.min(work, 1);
  }
  return seen;
}

function simulateLimited(load: Parameters<typeof simulate>[0]) {
  const clock = createManualClock();
  return simulate(load, clock, createAdaptiveLimit({ clock, targetMs: 175, max: 2_000 }));
}

test.each([50, 300, 1_000])(
  'of 3,000 a second offered to workers for %i, nearly all that they do is in time',
  (capacity) => {
    const { inTime } = simulateLimited({ offered: 3_000, capacity, seconds: 20 });
    expect(inTime).toBeGreaterThan(0.9 * capacity * 20);
  },
);

test('planted: without a limit nearly nobody is answered in time', () => {
  const noLimit: Limit = { enter: () => ({ cuts: 0 }), leave() {} };
  const { inTime } = simulate({ offered: 3_000, capacity: 300, seconds: 20 }, createManualClock(), noLimit);
  expect(inTime).toBeLessThan(0.1 * 300 * 20);
});

test('below what workers can do nobody is refused', () => {
  expect(simulateLimited({ offered: 270, capacity: 300, seconds: 20 })).toEqual({ refused: 0, inTime: 5_399 });
});

test('an unused limit does not grow, a used one does, up to its bound', () => {
  const clock = createManualClock();
  const limit = createAdaptiveLimit({ clock, targetMs: 175, max: 40, windowMs: 100 });
  const serve = (atOnce: number) => {
    const tickets = Array.from({ length: atOnce }, () => limit.enter()).filter((ticket) => ticket !== null);
    clock.advance(10);
    for (const ticket of tickets) limit.leave(ticket, { waitedMs: 10, answered: true });
  };
  for (let round = 0; round < 100; round++) serve(2);
  expect(limit.limit).toBe(20);
  for (let round = 0; round < 100; round++) serve(20);
  expect(limit.limit).toBe(40);
});

test('one slow spell cuts once, however many of its jobs end later', () => {
  const clock = createManualClock();
  const limit = createAdaptiveLimit({ clock, targetMs: 175, max: 200 });
  const tickets = Array.from({ length: 100 }, () => limit.enter()).filter((ticket) => ticket !== null);
  for (const ticket of tickets.splice(0, 10)) {
    clock.advance(35);
    limit.leave(ticket, { waitedMs: 350, answered: false });
  }
  for (const ticket of tickets) limit.leave(ticket, { waitedMs: 350, answered: false });
  expect([tickets.length, limit.limit, limit.inFlight]).toEqual([90, 35, 0]);
});

test('what says nothing about workers changes nothing but the room', () => {
  const clock = createManualClock();
  const limit = createAdaptiveLimit({ clock, targetMs: 175, max: 200 });
  for (let round = 0; round < 50; round++) {
    clock.advance(100);
    const ticket = limit.enter();
    if (ticket) limit.leave(ticket, null);
  }
  expect([limit.limit, limit.inFlight]).toEqual([100, 0]);
});
