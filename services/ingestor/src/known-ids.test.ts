import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KnownIds } from './known-ids.ts';

const find = (ids: KnownIds, id: string): number => {
  const bytes = Buffer.from(`/${id}/`);
  return ids.find(bytes, 1, bytes.length - 1);
};

test('an id is found by its bytes, also when many came after it, and no other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 30 }), { maxLength: 200 }), (some) => {
      const ids = new KnownIds();
      const more = Array.from({ length: 5_000 }, (_, number) => `film+${number}+1999`);
      const all = [...new Set([...some, ...more])];
      all.forEach((id, number) => ids.add(id, number));
      for (const [number, id] of all.entries()) expect(find(ids, id)).toBe(number);
      expect(find(ids, `${all[0]}?unknown`)).toBe(-1);
    }),
    { numRuns: 10 },
  );
});

test('an id keeps its first number', () => {
  const ids = new KnownIds();
  ids.add('a+1999', 7);
  ids.add('a+1999', 8);
  expect(find(ids, 'a+1999')).toBe(7);
});
