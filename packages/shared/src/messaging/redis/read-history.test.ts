import { expect, test } from 'vitest';
import type { UserHistory } from '../../contracts/index.ts';
import { historyOf, readStored } from './read-history.ts';
import { ReplyReader } from './reply-reader.ts';

const entry = (itemId: number, time: number) => ({ itemId, minutes: 20, rating: 3.5, ratedAt: 7, time });

/** Fields and values, in turns, as HGETALL sends them. */
const replyOf = (fields: string[]): Buffer =>
  Buffer.from(`*${fields.length}\r\n${fields.map((text) => `$${text.length}\r\n${text}\r\n`).join('')}`);
const read = (complete: boolean, ...fields: string[]): UserHistory =>
  historyOf(9, complete, readStored(new ReplyReader(replyOf(fields))));

test('a history is read newest first, wherever its version stands', () => {
  for (const fields of [
    ['v', '12', '1', '20,3.5,7,100', '2', '20,3.5,7,300'],
    ['1', '20,3.5,7,100', 'v', '12', '2', '20,3.5,7,300', 'r', '1'],
  ]) {
    const history = { userId: 9, state: 'known', version: 12, entries: [entry(2, 300), entry(1, 100)] };
    expect(read(true, ...fields)).toEqual(history);
  }
});

test('nothing stored is a cold user of a whole store and a lost one of another', () => {
  expect(read(true)).toEqual({ userId: 9, state: 'cold', version: 0, entries: [] });
  expect(read(false)).toEqual({ userId: 9, state: 'lost', version: 0, entries: [] });
});

test('in a store that is being rebuilt, a user is shown from their own rebuild on', () => {
  const fields = ['1', '20,3.5,7,100', 'v', '1'];
  expect(read(false, ...fields)).toEqual({ userId: 9, state: 'lost', version: 0, entries: [] });
  expect(read(false, ...fields, 'r', '1')).toMatchObject({ state: 'known', entries: [entry(1, 100)] });
});

const texts = ['0', '007', '3.5', '-2', '1e3', '999999999999999', '12345678901234567890', '1780000000', '', ' 4', 'x'];

test('every number is what its text says, and what is older comes later however it is stored', () => {
  for (const minutes of texts) {
    for (const itemId of ['5', '-5', '1e1']) {
      const { entries } = read(true, itemId, `${minutes},1,2,3`, 'v', '1', '8', '0,0,0,2', '9', '0,0,0,4');
      const numbers = { itemId: Number(itemId), minutes: Number(minutes), rating: 1, ratedAt: 2, time: 3 };
      expect(entries.map(({ time }) => time)).toEqual([4, 3, 2]);
      expect(entries[1]).toEqual(numbers);
    }
  }
  const last = read(true, 'v', '1', '5', '6,7,8,987654321012345').entries;
  expect(last).toEqual([{ itemId: 5, minutes: 6, rating: 7, ratedAt: 8, time: 987_654_321_012_345 }]);
});

test('a value without its commas harms no other item', () => {
  const { entries } = read(true, 'v', '2', '5', '6', '8', '1,2,3,4');
  expect(entries.find(({ itemId }) => itemId === 8)).toEqual({ itemId: 8, minutes: 1, rating: 2, ratedAt: 3, time: 4 });
});
