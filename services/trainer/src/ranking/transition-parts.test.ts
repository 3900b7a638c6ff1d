import { buildSequences, defaultTransition, trainTransition } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { trainTransitionInThreads } from './train-in-parts.ts';

const sequences = buildSequences(
  Array.from({ length: 4_000 }, (_, at) => ({
    user: at % 250,
    item: ((at % 250) + ((at * 11) % 70)) % 280,
    at: at % 97,
  })),
  { users: 250, items: 280 },
);

test('threads give the transitions of the training without threads, bit by bit', async () => {
  const settings = { ...defaultTransition, ridge: 3 };
  const alone = trainTransition(sequences, settings);
  expect(alone.weight.length).toBeGreaterThan(1_000);
  for (const threads of [1, 2, 3])
    expect(await trainTransitionInThreads(sequences, settings, { threads })).toEqual(alone);
});
