import { expect, test } from 'vitest';
import { systemClock } from '@reelay/shared/runtime';
import { drain } from './drain.ts';

const eventLog = { ranges: async () => [{ partition: 0, low: 0, high: 5 }] };
const ledger = { progress: async () => [] };

test('a commit that never ends is told as a timeout, not waited for', async () => {
  const flush = () => new Promise<void>(() => {});
  const draining = drain({ eventLog, ledger, flush, clock: systemClock, topic: 'movielog', withinMs: 20 });
  await expect(draining).rejects.toMatchObject({ code: 'TIMEOUT' });
});

test('nothing in the log is nothing to wait for', async () => {
  const empty = { ranges: async () => [{ partition: 0, low: 0, high: 0 }] };
  const flush = async () => {};
  const counts = await drain({ eventLog: empty, ledger, flush, clock: systemClock, topic: 'movielog', withinMs: 20 });
  expect(counts).toEqual({ received: 0, accepted: 0, repeated: 0, quarantined: 0 });
});
