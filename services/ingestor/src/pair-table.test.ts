import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PairTable } from './pair-table.ts';

test('pairs are numbered in the order of their first coming', () => {
  const table = new PairTable();
  const numbers = [
    [1, 2],
    [2, 1],
    [1, 2],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2, 1],
  ].map(([user, item]) => table.numberOf(user, item));
  expect({ numbers, size: table.size }).toEqual({ numbers: [0, 1, 0, 2, 1], size: 3 });
});

test('it agrees with a map, also when it has grown', () => {
  const id = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 2 ** 31 - 1 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(id, id), { maxLength: 4_000, size: 'max' }), (pairs) => {
      const [table, map] = [new PairTable(), new Map<string, number>()];
      for (const [user, item] of pairs) {
        const key = `${user}:${item}`;
        if (!map.has(key)) map.set(key, map.size);
        expect(table.numberOf(user, item)).toBe(map.get(key));
      }
      expect(table.size).toBe(map.size);
    }),
    { numRuns: 30 },
  );
});
