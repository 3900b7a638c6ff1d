import { defaultRatingSettings, RecommenderError, trainRatings, type RatingData } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { trainRatingsInThreads } from './train-ratings-in-threads.ts';

const settings = {
  ...defaultRatingSettings,
  chains: [3, 5, 2].map((factors) => ({ factors, sweeps: 12 })),
};

/** 40 users who rate 30 items in a pattern. */
const user = Int32Array.from({ length: 600 }, (_, at) => at % 40);
const item = Int32Array.from({ length: 600 }, (_, at) => (at * 7) % 30);
const data: RatingData = {
  users: 40,
  items: 30,
  user,
  item,
  rating: Float32Array.from(user, (row, at) => 1 + ((row * item[at]) % 5)),
  scale: { min: 1, max: 5 },
  userFeatures: [
    {
      name: 'half',
      size: 2,
      start: Int32Array.from({ length: 41 }, (_, row) => row),
      feature: Int32Array.from({ length: 40 }, (_, row) => (row < 20 ? 0 : 1)),
    },
  ],
  asked: { user, item },
};

test.each([1, 2, 4])('%i threads give the model of none, bit by bit', async (threads) => {
  const progress: string[] = [];
  const model = await trainRatingsInThreads(data, settings, {
    threads,
    onProgress: ({ chain, sweep, sweeps }) => progress.push(`${chain}: ${sweep}/${sweeps}`),
  });
  const alone = trainRatings(data, settings);
  expect(model.asked).toEqual(alone.asked);
  expect(model.predictMany(user, item)).toEqual(alone.predictMany(user, item));
  expect(progress).toContain('0: 12/12');
  expect(progress).toContain('2: 12/12');
});

test('an abort ends it with the reason of the signal', async () => {
  const aborter = new AbortController();
  const long = { ...settings, chains: [{ factors: 3, sweeps: 1_000_000 }] };
  const training = trainRatingsInThreads(data, long, {
    threads: 1,
    signal: aborter.signal,
    onProgress: () => aborter.abort(new Error('enough')),
  });
  await expect(training).rejects.toThrow('enough');
});

test('what a thread refuses is refused with its code', async () => {
  const training = trainRatingsInThreads(data, { ...settings, chainBytesMax: 10_000 }, { threads: 2 });
  await expect(training).rejects.toThrow(RecommenderError);
  await expect(training).rejects.toMatchObject({ code: 'DATA_INVALID' });
});
