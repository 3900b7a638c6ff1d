import { expect, test } from 'vitest';
import { createGatewayPage, createWorkerPage } from './testing/metric-pages.ts';
import { takeSample, type SampleDeps } from './take-sample.ts';
import type { Worker } from './scaler.ts';

const worker = (id: string, over: Partial<Worker> = {}): Worker => ({
  id,
  pool: 'single',
  place: 0,
  state: 'running',
  admin: `http://${id}`,
  startedAtMs: 0,
  ...over,
});
const pages: Record<string, string> = {
  'http://a': createWorkerPage({ scored: 12, expired: 3, computeSeconds: 1.5, inHandSeconds: 4, concurrency: 128 }),
  'http://b': '# nothing of ours\nnodejs_version_info 1\n',
  'http://gateway': createGatewayPage({ model: 90, cache: 1_000, timeout: 8, overload: 2, historyLost: 40 }),
};
const deps: SampleDeps = {
  readPage: async (url) => pages[url] ?? Promise.reject(new Error('nobody answers')),
  queue: { depth: async (slot) => ({ ready: slot === 'stable' ? 5 : 1, inHand: null, consumers: 1 }) },
  slices: { ready: async () => 9 },
  gateways: ['http://gateway', 'http://nobody'],
  nowMs: () => 42,
};

test('counters of workers and gateways are read from their metrics', async () => {
  const sample = await takeSample('single', [worker('a')], deps);
  expect(sample.workers.get('a')).toEqual({
    done: 12,
    expired: 3,
    computeSeconds: 1.5,
    inHandSeconds: 4,
    concurrency: 128,
  });
  // What a cache answered needed no worker; a lost history is no matter of workers.
  expect([...sample.gateways]).toEqual([['http://gateway', { needed: 100, late: 10 }]]);
  expect(sample).toMatchObject({ atMs: 42, running: 1, depth: { ready: 6, inHand: null } });
});

test('who does not answer, or says nothing of use, is missing', async () => {
  const { workers, running } = await takeSample('single', [worker('b'), worker('gone')], deps);
  expect({ known: workers.size, running }).toEqual({ known: 0, running: 2 });
});

test('draining workers and those of the other pool are not counted', async () => {
  const others = [worker('a', { state: 'draining' }), worker('a', { pool: 'batch' })];
  expect(await takeSample('single', others, deps)).toMatchObject({ running: 0 });
});

test('workers of slices are judged by their slices', async () => {
  const page =
    'reelay_worker_busy_seconds_total 99\nreelay_worker_slice_seconds_sum 4\nreelay_worker_slice_seconds_count 8\n';
  const batch = worker('s', { pool: 'batch' });
  const { workers, gateways, depth } = await takeSample('batch', [batch], { ...deps, readPage: async () => page });
  expect(workers.get('s')).toMatchObject({ done: 8, computeSeconds: 4, concurrency: 1 });
  expect({ gateways: gateways.size, depth }).toEqual({ gateways: 0, depth: { ready: 9, inHand: null } });
});

test('a broker that does not tell is no empty queue', async () => {
  const dead = { ...deps, queue: { depth: () => Promise.reject(new Error('down')) } };
  expect((await takeSample('single', [], dead)).depth).toBeNull();
});
