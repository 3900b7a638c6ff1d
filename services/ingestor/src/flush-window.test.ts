import { expect, test } from 'vitest';
import { isDue, segmentsMax } from './flush-window.ts';
import { Window } from './gather-window.ts';

const never = { FLUSH_LINES: 5_000_000, FLUSH_LOG_MINUTES: 1_440 };
const items = { textOf: () => 'heat+1995' };

/** Each of the users has watched `minutes` minutes of one movie, all in the same second. */
function windowOf(users: number, minutes: number): Window {
  const window = new Window(0);
  for (let minute = 0; minute < minutes; minute += 1)
    for (let user = 1; user <= users; user += 1)
      window.addWatch({ offset: window.lines, bytes: new Uint8Array() }, user, 1, minute, 1_000, items);
  return window;
}

test('a window is due by its segments, however few its lines and its minutes', () => {
  expect(isDue(windowOf(segmentsMax - 1, 1), never)).toBe(false);
  expect(isDue(windowOf(segmentsMax, 1), never)).toBe(true);
});

test('lines that add to known segments leave room for more', () => {
  const window = windowOf(10_000, 30);
  expect([window.lines, window.rows.segments.length]).toEqual([300_000, 10_000]);
  expect(isDue(window, never)).toBe(false);
  expect(isDue(window, { ...never, FLUSH_LINES: 300_000 })).toBe(true);
});

test('a window is due once its lines span the minutes that were set', () => {
  const window = windowOf(1, 1);
  window.addWatch({ offset: 1, bytes: new Uint8Array() }, 1, 1, 1, 1_000 + 600, items);
  expect(isDue(window, { ...never, FLUSH_LOG_MINUTES: 11 })).toBe(false);
  expect(isDue(window, { ...never, FLUSH_LOG_MINUTES: 10 })).toBe(true);
});
