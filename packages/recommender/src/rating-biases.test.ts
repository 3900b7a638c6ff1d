import { expect, test } from 'vitest';
import { fitBiases, packBiases, predictPacked, predictRating, userBiasOf } from './rating-biases.ts';
import { createDice } from './testing/latent-tastes.ts';

const users = 200;
const items = 50;

const columnsOf = (rows: { user: number; item: number; rating: number }[], size = { users, items }) => ({
  ...size,
  user: Int32Array.from(rows, ({ user }) => user),
  item: Int32Array.from(rows, ({ item }) => item),
  rating: Float64Array.from(rows, ({ rating }) => rating),
});

/** Ratings that are a mean, a user's mood, a movie's quality and a little noise. */
function drawRatings(seed: number) {
  const dice = createDice(seed);
  const mood = Array.from({ length: users }, () => 0.5 * dice.gaussian());
  const quality = Array.from({ length: items }, () => 0.7 * dice.gaussian());
  return Array.from({ length: 4_000 }, () => {
    const user = dice.between(0, users - 1);
    const item = dice.between(0, items - 1);
    return { user, item, rating: 3.5 + mood[user] + quality[item] + 0.2 * dice.gaussian() };
  });
}

test('the biases are the fixed point of their own formula', () => {
  const ratings = drawRatings(1);
  const { mean, itemBias, userBias } = fitBiases(columnsOf(ratings), 5);
  expect(mean).toBeCloseTo(ratings.reduce((sum, { rating }) => sum + rating, 0) / ratings.length, 9);
  for (let item = 0; item < items; item += 1) {
    const own = ratings.filter((row) => row.item === item);
    const sum = own.reduce((total, { user, rating }) => total + rating - mean - userBias[user], 0);
    expect(itemBias[item]).toBeCloseTo(sum / (own.length + 5), 2);
  }
});

test("a user's served bias is the trained one", () => {
  const ratings = drawRatings(2);
  const biases = fitBiases(columnsOf(ratings));
  const packed = packBiases(biases);
  expect(packed.length).toBe(items + 1);
  const own = ratings.filter(({ user }) => user === 17);
  expect(own.length).toBeGreaterThan(5);
  const served = userBiasOf(packed, own);
  expect(served).toBeCloseTo(biases.userBias[17], 9);
  expect(predictPacked(packed, 3, served)).toBeCloseTo(predictRating(biases, 17, 3), 9);
});

test('who has no rating has bias 0; more shrinkage draws biases to 0', () => {
  const ratings = [
    { user: 0, item: 0, rating: 5 },
    { user: 1, item: 1, rating: 1 },
  ];
  const columns = columnsOf(ratings, { users: 3, items: 3 });
  const weak = fitBiases(columns, 1);
  const strong = fitBiases(columns, 100);
  expect([weak.userBias[2], weak.itemBias[2], userBiasOf(packBiases(weak), [])]).toEqual([0, 0, 0]);
  expect(Math.abs(strong.itemBias[0])).toBeLessThan(Math.abs(weak.itemBias[0]));
});

test('with lambda 0 a single rating is met exactly', () => {
  const biases = fitBiases(columnsOf([{ user: 0, item: 0, rating: 4 }], { users: 1, items: 1 }), 0);
  expect(predictRating(biases, 0, 0)).toBe(4);
});

test.each([
  { user: 2, item: 0, rating: 3 },
  { user: 0, item: -1, rating: 3 },
  { user: 0, item: 0, rating: NaN },
])('rating %o is refused', (row) => {
  const columns = columnsOf([row], { users: 2, items: 2 });
  expect(() => fitBiases(columns)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
  const packed = Float64Array.of(3, 0, 0);
  const own = { item: row.user === 2 ? 2 : row.item, rating: row.rating };
  expect(() => userBiasOf(packed, [own])).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
});

test('no ratings are refused, and columns of different lengths', () => {
  const refused = expect.objectContaining({ code: 'DATA_INVALID' });
  expect(() => fitBiases(columnsOf([]))).toThrow(refused);
  expect(() => fitBiases({ ...columnsOf(drawRatings(3)), item: new Int32Array(3) })).toThrow(refused);
});
