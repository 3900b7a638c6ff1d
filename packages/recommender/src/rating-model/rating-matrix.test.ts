import { expect, test } from 'vitest';
import { createDice } from '../testing/latent-tastes.ts';
import { packRatings, type RatingRows } from './rating-matrix.ts';

const dice = createDice(12);
const columns = {
  user: Int32Array.from({ length: 900 }, () => dice.between(0, 39)),
  item: Int32Array.from({ length: 900 }, () => dice.between(0, 29)),
  rating: Float32Array.from({ length: 900 }, () => dice.between(1, 5)),
};
const packed = packRatings({ users: 40, items: 30 }, columns);

const entriesOf = ({ start, other, value }: RatingRows): [number, number, number][] =>
  Array.from({ length: start.length - 1 }, (_, row) =>
    Array.from(other.subarray(start[row], start[row + 1]), (place, at): [number, number, number] => [
      row,
      place,
      value[start[row] + at],
    ]),
  ).flat();

test('each pair stands once on both sides, with its last rating', () => {
  const expected = new Map<string, number>();
  for (const [at, user] of columns.user.entries()) expected.set(`${user} ${columns.item[at]}`, columns.rating[at]);
  expect(expected.size).toBeLessThan(900);
  const byUser = entriesOf(packed.byUser).map(([user, item, rating]) => [`${user} ${item}`, rating] as const);
  const byItem = entriesOf(packed.byItem).map(([item, user, rating]) => [`${user} ${item}`, rating] as const);
  expect(byUser).toHaveLength(expected.size);
  expect(byItem).toHaveLength(expected.size);
  expect(new Map(byUser)).toEqual(expected);
  expect(new Map(byItem)).toEqual(expected);
});

test('within a row the other side is in ascending order', () => {
  for (const rows of [packed.byUser, packed.byItem]) {
    const entries = entriesOf(rows);
    for (const [at, [row, other]] of entries.entries())
      if (at > 0 && entries[at - 1][0] === row) expect(entries[at - 1][1]).toBeLessThan(other);
  }
});
