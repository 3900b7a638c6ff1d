import { buildInteractions, defaultEase, trainEase } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { trainEaseInThreads } from './train-in-parts.ts';

const interactions = buildInteractions(
  Array.from({ length: 9_000 }, (_, at) => ({
    user: at % 650,
    item: ((at % 650) + ((at * 7) % 90)) % 640,
    confidence: 1,
  })),
  { users: 650, items: 640 },
);
const settings = { ...defaultEase, ridge: 10 };

test('one, two and three threads give the bits of the training without threads, and tell their progress', async () => {
  const alone = trainEase(interactions, settings);
  expect(alone.weight.length).toBeGreaterThan(1_000);
  for (const threads of [1, 2, 3]) {
    const told: number[] = [];
    const trained = await trainEaseInThreads(interactions, settings, {
      threads,
      onProgress: (done) => told.push(done),
    });
    expect(trained).toEqual(alone);
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  }
});

test('an abort ends it with its reason, before and in the middle', async () => {
  const aborted = AbortSignal.abort(new Error('no longer wanted'));
  await expect(trainEaseInThreads(interactions, settings, { threads: 2, signal: aborted })).rejects.toThrow(
    'no longer wanted',
  );
  const controller = new AbortController();
  const training = trainEaseInThreads(interactions, settings, { threads: 2, signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(training).rejects.toThrow('enough');
});

test('a thread that fails, fails the training', async () => {
  // Beyond float32, where the diagonal becomes infinite.
  await expect(trainEaseInThreads(interactions, { ...settings, ridge: 1e39 }, { threads: 2 })).rejects.toThrow(
    expect.objectContaining({ code: 'TRAINING_FAILED' }),
  );
});
