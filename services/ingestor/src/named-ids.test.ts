import type { LogEvent } from '@reelay/shared/contracts';
import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { NamedIds } from './named-ids.ts';

const request = (userId: number, movieIds: string[] = []): LogEvent => ({
  kind: 'recommendation',
  time: 1,
  millisecond: 0,
  userId,
  server: 'host:8082',
  status: 200,
  movieIds,
  error: null,
  latencyMs: 5,
});
const idsOf = (taken: { id: string }[]) => taken.map(({ id }) => id);

test('the user and the movies of a recommendation line wait once, in the order of the lines', () => {
  const named = new NamedIds(createManualClock());
  let told = 0;
  named.onNamed = () => void told++;
  named.notice(request(7, ['a+1990', 'b+1990']));
  named.notice(request(7, ['b+1990']));
  named.notice(request(5));
  named.notice({ kind: 'watch', time: 1, userId: 9, movieId: 'c+1990', minute: 1 });
  expect(told).toBe(4);
  expect(idsOf(named.take('user', 1))).toEqual(['7']);
  expect(idsOf(named.take('user', 10))).toEqual(['5']);
  expect(idsOf(named.take('movie', 10))).toEqual(['a+1990', 'b+1990']);
  expect([named.has('user'), named.has('movie')]).toEqual([false, false]);
});

test('an id comes again after an hour, a new account at once', () => {
  const clock = createManualClock();
  const named = new NamedIds(clock);
  named.notice(request(7));
  named.take('user', 10);
  named.notice(request(7));
  expect(named.has('user')).toBe(false);
  named.notice({ kind: 'account', time: 1, userId: 7 });
  expect(named.take('user', 10)).toEqual([{ id: '7', renewed: true }]);
  clock.advance(3_600_001);
  named.notice(request(7));
  expect(named.take('user', 10)).toEqual([{ id: '7', renewed: false }]);
});

test('what finds no room is counted', () => {
  const named = new NamedIds(createManualClock());
  for (let user = 1; user <= 10_003; user++) named.notice(request(user));
  expect(named.dropped).toBe(3);
  expect(named.take('user', 20_000)).toHaveLength(10_000);
});
