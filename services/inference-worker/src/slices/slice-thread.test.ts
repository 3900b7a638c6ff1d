import { afterEach, expect, test } from 'vitest';
import type { SliceVerdict } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { inferenceWorkerConfig } from '../config.ts';
import { createSliceMetrics } from './slice-metrics.ts';
import { createSliceThread, giveBackWithinMs, idleMs, type SliceThread } from './slice-thread.ts';

const config = inferenceWorkerConfig.parse({});
const never = new AbortController().signal;

let thread: SliceThread;
afterEach(() => thread.close());

function open() {
  const clock = createManualClock();
  const registry = createRegistry();
  const { log, lines } = createMemoryLogger();
  const program = new URL('./slice-thread.fixture.ts', import.meta.url);
  thread = createSliceThread({ config, metrics: createSliceMetrics(registry), log, clock, program });
  return { clock, registry, lines };
}

const take = (jobId = 'any', stopping = never): Promise<SliceVerdict> =>
  thread.handle({ slice: { jobId, sliceNo: 0 }, returns: 0 }, stopping);

test('one thread takes all slices, and what it counts is counted here', async () => {
  const { registry } = open();
  const first = await take();
  expect(first).toEqual({ reject: expect.stringMatching(/^[1-9]/) as string });
  expect(await Promise.all([take(), take()])).toEqual([first, first]);
  await waitUntil('counted', async () =>
    (await registry.metrics()).includes('reelay_worker_slices_total{outcome="dead"} 3'),
  );
});

test('the thread ends after a time without slices, and the next slice begins another', async () => {
  const { clock, lines } = open();
  const first = await take();
  clock.advance(idleMs - 1);
  expect(await take()).toEqual(first);
  clock.advance(idleMs);
  expect(await take()).not.toEqual(first);
  expect(lines).toEqual([]);
});

test('a thread with a slice in hand does not end, however long it takes', async () => {
  const { clock } = open();
  const first = await take();
  const stop = new AbortController();
  const waiting = take('waits', stop.signal);
  clock.advance(10 * idleMs);
  expect(await take()).toEqual(first);
  stop.abort();
  expect(await waiting).toBe('done');
});

test('a thread that dies is told, its slices are given back, and the next begins another', async () => {
  const { lines } = open();
  const first = await take();
  const inHand = take('waits');
  await expect(take('dies')).rejects.toMatchObject({ code: 'PORT_CLOSED' });
  await expect(inHand).rejects.toMatchObject({ code: 'PORT_CLOSED' });
  expect(lines).toMatchObject([{ code: 7, msg: 'the thread for slices ended; the next slice begins another' }]);
  expect(await take()).not.toEqual(first);
});

test('a stop reaches the slices in hand', async () => {
  open();
  const stop = new AbortController();
  const waiting = [take('waits', stop.signal), take('waits', stop.signal)];
  stop.abort();
  expect(await Promise.all(waiting)).toEqual(['done', 'done']);
});

test('a thread that gives nothing back is ended in time for the stop of its worker', async () => {
  const { clock, lines } = open();
  await take();
  const stop = new AbortController();
  const deaf = take('deaf', stop.signal);
  const ended = expect(deaf).rejects.toMatchObject({ code: 'PORT_CLOSED' });
  stop.abort();
  clock.advance(giveBackWithinMs);
  await ended;
  expect(lines).toEqual([]);
});
