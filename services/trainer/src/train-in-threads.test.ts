import { buildInteractions, defaultObjective, trainImplicitAls, type AlsProgress } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { trainInThreads } from './train-in-threads.ts';

/** Users who watch what is near their own number, so that there is something to learn. */
const interactions = buildInteractions(
  Array.from({ length: 3_000 }, (_, at) => ({
    user: at % 300,
    item: ((at % 300) + ((at * 7) % 40)) % 200,
    confidence: 0.2 + (at % 9) / 5,
  })),
  { users: 300, items: 200 },
);
const settings = { factors: 10, sweeps: 3, objective: defaultObjective, seed: 4 };

test('one, two and three threads give the bits of the training without threads', async () => {
  const alone = trainImplicitAls(interactions, settings);
  for (const threads of [1, 2, 3]) expect(await trainInThreads(interactions, settings, { threads })).toEqual(alone);
  expect(await trainInThreads(interactions, { ...settings, seed: 5 }, { threads: 2 })).not.toEqual(alone);
});

test('progress rises to all rows of all sweeps', async () => {
  const told: AlsProgress[] = [];
  await trainInThreads(interactions, settings, { threads: 2, onProgress: (progress) => void told.push(progress) });
  const rows = told.map(({ rowsDone }) => rowsDone);
  expect(rows).toEqual(rows.toSorted((a, b) => a - b));
  expect(told.at(-1)).toEqual({ sweep: 3, sweeps: 3, rowsDone: 3 * 500 + 300, rowsTotal: 3 * 500 + 300 });
});

test('an abort ends it with its reason, before and in the middle', async () => {
  const wide = { ...settings, factors: 64, sweeps: 10_000 };
  const aborted = AbortSignal.abort(new Error('no longer wanted'));
  await expect(trainInThreads(interactions, wide, { threads: 2, signal: aborted })).rejects.toThrow('no longer wanted');
  const controller = new AbortController();
  const onProgress = (): void => controller.abort(new Error('enough'));
  const training = trainInThreads(interactions, wide, { threads: 2, signal: controller.signal, onProgress });
  await expect(training).rejects.toThrow('enough');
});

test('a system without a solution fails the training, and no thread is left', async () => {
  const unsolvable = { ...settings, objective: { ...defaultObjective, alpha0: 1e10, regularisation: 1e308 } };
  await expect(trainInThreads(interactions, unsolvable, { threads: 2 })).rejects.toThrow(
    expect.objectContaining({ code: 'TRAINING_FAILED' }),
  );
});
