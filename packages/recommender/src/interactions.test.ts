import { expect, test } from 'vitest';
import { buildInteractions, transpose } from './interactions.ts';
import type { InteractionRow, Interactions } from './interactions.ts';
import { createDice } from './testing/latent-tastes.ts';

const unpack = (matrix: Interactions): InteractionRow[] =>
  Array.from({ length: matrix.users }, (_, user) => user).flatMap((user) =>
    Array.from(matrix.item.subarray(matrix.userStart[user], matrix.userStart[user + 1]), (item, at) => ({
      user,
      item,
      confidence: matrix.confidence[matrix.userStart[user] + at],
    })),
  );

/** A dense table of the largest confidence of each pair: the definition, without any sorting. */
function unpackReference(rows: readonly InteractionRow[], users: number, items: number): InteractionRow[] {
  const table = Array.from({ length: users }, () => new Float32Array(items));
  for (const { user, item, confidence } of rows) table[user][item] = Math.max(table[user][item], confidence);
  return table.flatMap((row, user) =>
    Array.from(row, (confidence, item) => ({ user, item, confidence })).filter(({ confidence }) => confidence > 0),
  );
}

test('every pair stands once, with its largest confidence, whatever the order and repetition of the rows', () => {
  const dice = createDice(3);
  const rows = Array.from({ length: 3_000 }, () => ({
    user: dice.between(0, 39),
    item: dice.between(0, 49),
    confidence: 0.1 + dice.share(),
  }));
  const expected = unpackReference(rows, 40, 50);
  expect(expected.length).toBeGreaterThan(1_000);
  expect(expected.length).toBeLessThan(rows.length);
  expect(unpack(buildInteractions(rows, { users: 40, items: 50 }))).toEqual(expected);
  expect(unpack(buildInteractions(rows.slice(1), { users: 40, items: 50 }))).not.toEqual(
    unpackReference(
      rows.map((row) => ({ ...row, item: 49 - row.item })),
      40,
      50,
    ),
  );
});

test('the transpose holds the same pairs, and twice transposed is the matrix itself', () => {
  const rows = [
    { user: 2, item: 0, confidence: 1 },
    { user: 0, item: 3, confidence: 0.5 },
    { user: 0, item: 1, confidence: 2 },
  ];
  const matrix = buildInteractions(rows, { users: 3, items: 4 });
  expect(unpack(transpose(matrix))).toEqual([
    { user: 0, item: 2, confidence: 1 },
    { user: 1, item: 0, confidence: 2 },
    { user: 3, item: 0, confidence: 0.5 },
  ]);
  expect(transpose(transpose(matrix))).toEqual(matrix);
});

test('no rows give an empty matrix', () => {
  const matrix = buildInteractions([], { users: 2, items: 2 });
  expect(unpack(matrix)).toEqual([]);
  expect([...matrix.userStart]).toEqual([0, 0, 0]);
});

test.each([
  { user: -1, item: 0, confidence: 1 },
  { user: 2, item: 0, confidence: 1 },
  { user: 0.5, item: 0, confidence: 1 },
  { user: 0, item: 3, confidence: 1 },
  { user: 0, item: NaN, confidence: 1 },
  { user: 0, item: 0, confidence: NaN },
  { user: 0, item: 0, confidence: 0 },
  { user: 0, item: 0, confidence: -1 },
  { user: 0, item: 0, confidence: 1e300 },
])('row %o is refused', (row) => {
  const good = { user: 1, item: 2, confidence: 1 };
  expect(() => buildInteractions([good, row], { users: 2, items: 3 })).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID' }),
  );
});

test.each([0, -1, 1.5, NaN])('%s users are refused', (users) => {
  expect(() => buildInteractions([], { users, items: 1 })).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
});
