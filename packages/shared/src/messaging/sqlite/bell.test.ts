import { expect, test } from 'vitest';
import { Bell } from './bell.ts';

const longMs = 60_000;
/** Whether it has settled by now. */
const isOver = async (work: Promise<unknown>): Promise<boolean> => {
  let over = false;
  void work.then(() => (over = true));
  await new Promise((resolve) => setImmediate(resolve));
  return over;
};

test('a ring wakes everybody who waits, and nobody who comes later or pauses', async () => {
  const bell = new Bell();
  const end = new AbortController();
  const waiting = [bell.wait(longMs, end.signal), bell.wait(longMs, end.signal)];
  const pausing = bell.pause(longMs, end.signal);
  expect(await isOver(Promise.race(waiting))).toBe(false);
  bell.ring();
  expect(await isOver(Promise.all(waiting))).toBe(true);
  const later = bell.wait(longMs, end.signal);
  expect(await isOver(Promise.race([later, pausing]))).toBe(false);
  end.abort();
  expect(await isOver(Promise.all([later, pausing]))).toBe(true);
});

test('a wait ends by itself, and at once where the signal has fired', async () => {
  const bell = new Bell();
  await bell.wait(1, new AbortController().signal);
  expect(await isOver(bell.wait(longMs, AbortSignal.abort()))).toBe(true);
});
