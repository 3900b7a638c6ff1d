import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

const never = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('never more than a second is worth at once, and the rate from then on', async () => {
  const clock = createManualClock();
  const bucket = new TokenBucket({ rate: 5, clock });
  const takenAt: number[] = [];
  for (let n = 0; n < 30; n++) void bucket.take(false, never).then(() => takenAt.push(clock.monotonicMs()));
  await settle();
  expect(takenAt).toHaveLength(5);
  for (let ms = 0; ms < 4_000; ms += 10) {
    clock.advance(10);
    await settle();
  }
  expect(takenAt.length).toBeGreaterThan(20);
  for (const start of takenAt.slice(5)) {
    const withinASecond = takenAt.filter((at) => at >= start && at < start + 1_000).length;
    expect(withinASecond).toBeLessThanOrEqual(5);
  }
});

test('an urgent take goes before those that wait', async () => {
  const clock = createManualClock();
  const bucket = new TokenBucket({ rate: 1, clock });
  const order: string[] = [];
  for (const name of ['first', 'second', 'third']) void bucket.take(false, never).then(() => order.push(name));
  void bucket.take(true, never).then(() => order.push('urgent'));
  for (let second = 0; second < 4; second++) {
    clock.advance(1_100);
    await settle();
  }
  expect(order).toEqual(['first', 'urgent', 'second', 'third']);
});

test('who leaves gets no token, and leaves no timer behind', async () => {
  const clock = createManualClock();
  const bucket = new TokenBucket({ rate: 1, clock });
  const leaving = new AbortController();
  expect(await bucket.take(false, never)).toBe(true);
  const waiting = bucket.take(false, leaving.signal);
  expect(clock.pending).toBe(1);
  leaving.abort();
  expect(await waiting).toBe(false);
  expect(await bucket.take(true, leaving.signal)).toBe(false);
  expect(clock.pending).toBe(0);
});
