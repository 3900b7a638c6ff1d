import { expect, test } from 'vitest';
import { drawRatingData } from '../testing/drawn-ratings.ts';
import type { FeatureGroup } from './rating-data.ts';
import { defaultRatingSettings } from './rating-settings.ts';
import { trainRatings } from './train-ratings.ts';

const drawn = drawRatingData({ users: 120, items: 60, ratings: 4_000, seed: 5 });
const parity: FeatureGroup = {
  name: 'parity',
  size: 2,
  start: Int32Array.from({ length: 121 }, (_, row) => row),
  feature: Int32Array.from({ length: 120 }, (_, row) => row % 2),
};
const settings = { ...defaultRatingSettings, chains: [{ factors: 3, sweeps: 60 }], samplesKept: 30 };
const model = trainRatings({ ...drawn, userFeatures: [parity] }, settings);

const ratingsOf = (user: number) => {
  const own = new Map<number, number>();
  for (const [at, row] of drawn.user.entries()) if (row === user) own.set(drawn.item[at], drawn.rating[at]);
  return Array.from(own, ([item, rating]) => ({ item, rating }));
};
const items = Array.from({ length: drawn.items }, (_, item) => item);
const distance = (one: number[], other: number[]): number =>
  Math.sqrt(one.reduce((sum, value, at) => sum + (value - other[at]) ** 2, 0) / one.length);

test('a user who is folded in gets nearly the ratings that training gave them', () => {
  let users = 0;
  for (const user of [0, 17, 63, 99]) {
    const ratings = ratingsOf(user);
    if (ratings.length < 10) continue;
    users += 1;
    const folded = model.foldIn({ ratings, features: [[user % 2]] });
    const trained = items.map((item) => model.predict(user, item));
    expect(
      distance(
        items.map((item) => folded.predict(item)),
        trained,
      ),
    ).toBeLessThan(0.15);
    const other = model.foldIn({ ratings: ratingsOf(user + 1), features: [[user % 2]] });
    expect(
      distance(
        items.map((item) => other.predict(item)),
        trained,
      ),
    ).toBeGreaterThan(0.3);
  }
  expect(users).toBeGreaterThan(2);
});

test('a newcomer gets a finite rating from features alone, and from nothing at all', () => {
  for (const features of [[], [[0]], [[]]]) {
    const folded = model.foldIn({ ratings: [], features });
    for (const item of items) expect(folded.predict(item)).toBeGreaterThanOrEqual(1);
  }
});

test('one product of two vectors is the rating, for trained and folded users', () => {
  const product = (one: Float32Array, other: Float32Array): number =>
    one.reduce((sum, value, at) => sum + value * other[at], 0);
  const cut = (value: number): number => Math.min(5, Math.max(1, value));
  const folded = model.foldIn({ ratings: ratingsOf(3) });
  for (const item of items) {
    const vector = model.vectors.itemVector(item);
    expect(vector.length).toBe(model.vectors.size);
    expect(cut(product(model.vectors.userVector(40), vector))).toBeCloseTo(model.predict(40, item), 4);
    expect(cut(product(folded.vector, vector))).toBeCloseTo(folded.predict(item), 4);
  }
});

test('what the model does not know is refused', () => {
  expect(() => model.predict(120, 0)).toThrow('user 120');
  expect(() => model.predict(0, 1.5)).toThrow('item 1.5');
  expect(() => model.predictMany(Int32Array.of(0), Int32Array.of(60))).toThrow('item 60');
  expect(() => model.foldIn({ ratings: [{ item: 60, rating: 3 }] })).toThrow('item 60');
  expect(() => model.foldIn({ ratings: [{ item: 0, rating: Number.NaN }] })).toThrow('not finite');
  expect(() => model.foldIn({ ratings: [0, 0].map((item) => ({ item, rating: 3 })) })).toThrow('twice');
  expect(() => model.foldIn({ ratings: [], features: [[2]] })).toThrow('feature 2');
});
