import { expect, test } from 'vitest';
import { ItemDictionary } from './item-dictionary.ts';

const bytesOf = (id: string) => ({ bytes: Buffer.from(id), end: Buffer.byteLength(id) });

test('what a batch has looked up stays known while a new generation begins; it comes over when it is met', async () => {
  let last = 0;
  const items = new ItemDictionary({ itemIds: async (ids) => new Map(ids.map((id) => [id, ++last])) }, 100);
  await items.learn(new Set(['a+1999']));
  await items.learn(new Set(Array.from({ length: 101 }, (_, number) => `film+${number}+1999`)));
  items.trim();
  const { bytes, end } = bytesOf('a+1999');
  expect([items.itemId('a+1999'), items.textOf(1), items.byBytes.find(bytes, 0, end)]).toEqual([1, 'a+1999', -1]);
  expect([items.has('a+1999'), items.has('b+1999')]).toEqual([true, false]);
  expect(items.byBytes.find(bytes, 0, end)).toBe(1);
});
