import { buildInteractions, defaultObjective, planAls, trainImplicitAls } from '@reelay/recommender';
import { expect, test } from 'vitest';
import type { Checkpoint } from './checkpoints/checkpoint-store.ts';
import { createSolverHere, runSweeps } from './run-sweeps.ts';
import { trainInThreads } from './train-in-threads.ts';

const interactions = buildInteractions(
  Array.from({ length: 2_000 }, (_, at) => ({ user: at % 200, item: (at * 7) % 150, confidence: 0.2 + (at % 9) / 5 })),
  { users: 200, items: 150 },
);
const settings = { factors: 8, sweeps: 4, objective: defaultObjective, seed: 4 };
const alone = trainImplicitAls(interactions, settings);

function runHere(control: Parameters<typeof runSweeps>[2] = {}) {
  const plan = planAls(interactions, settings);
  return runSweeps(plan, createSolverHere(plan, control.signal), control);
}

async function checkpoints(): Promise<Checkpoint[]> {
  const kept: Checkpoint[] = [];
  await runHere({ onSweep: async ({ sweep, values }) => void kept.push({ sweep, values: values.slice() }) });
  return kept;
}

test('gives the bits of the training of the recommender', async () => {
  expect(await runHere()).toEqual(alone);
});

test('from every one of its checkpoints, here and in threads, come the same bits', async () => {
  const kept = await checkpoints();
  expect(kept.map(({ sweep }) => sweep)).toEqual([1, 2, 3, 4]);
  for (const from of kept) {
    expect(await runHere({ from })).toEqual(alone);
    expect(await trainInThreads(interactions, settings, { threads: 2, from })).toEqual(alone);
  }
  // Planted: a checkpoint that belongs elsewhere.
  expect(await runHere({ from: { ...kept[1], sweep: 3 } })).not.toEqual(alone);
});

test('a checkpoint saves its sweeps: progress begins behind it', async () => {
  const [, second] = await checkpoints();
  const rows: number[] = [];
  await runHere({ from: second, onProgress: ({ rowsDone }) => void rows.push(rowsDone) });
  expect(rows[0]).toBeGreaterThan(2 * 350);
  expect(rows.at(-1)).toBe(4 * 350 + 200);
});

test('what cannot be kept ends it, and so does an abort in the middle', async () => {
  await expect(runHere({ onSweep: () => Promise.reject(new Error('disk full')) })).rejects.toThrow('disk full');
  const stop = new AbortController();
  const onProgress = () => stop.abort(new Error('enough'));
  await expect(runHere({ signal: stop.signal, onProgress })).rejects.toThrow('enough');
});
