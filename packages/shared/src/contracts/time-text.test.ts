import { expect, test } from 'vitest';
import { epochMsOf } from './time-text.ts';

test.each([
  ['2026-11-21', Date.UTC(2026, 10, 21)],
  ['2026-11-21T14:00', Date.UTC(2026, 10, 21, 14)],
  ['2026-11-21T14:00:30', Date.UTC(2026, 10, 21, 14, 0, 30)],
  ['2026-11-21T14:00:30.25Z', Date.UTC(2026, 10, 21, 14, 0, 30, 250)],
  ['2026-11-21T14:00:30+01:00', Date.UTC(2026, 10, 21, 13, 0, 30)],
  ['2026-11-21T23:30-01:00', Date.UTC(2026, 10, 22, 0, 30)],
  ['2028-02-29', Date.UTC(2028, 1, 29)],
])('%s is a time, in UTC where it names no zone', (text, time) => {
  expect(epochMsOf(text)).toBe(time);
});

test.each([
  'yesterday',
  '14:00',
  '2026',
  '2026-13-01',
  '2026-02-30',
  '2026-02-29T10:00',
  '2026-11-21T25:00',
  '2026-11-21 14:00',
  '2026-11-21T14:00:30.1234Z',
  '2026-11-21+01:00',
])('%s is none', (text) => {
  expect(epochMsOf(text)).toBeNaN();
});
