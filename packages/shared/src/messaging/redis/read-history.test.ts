import { expect, test } from 'vitest';
import { readHistory } from './read-history.ts';

const entry = (itemId: number, time: number) => ({ itemId, minutes: 20, rating: 3.5, ratedAt: 7, time });

test('a history is read newest first, wherever its version stands', () => {
  for (const text of ['v,12,1,20,3.5,7,100,2,20,3.5,7,300', '1,20,3.5,7,100,v,12,2,20,3.5,7,300,r,1']) {
    const history = { userId: 9, state: 'known', version: 12, entries: [entry(2, 300), entry(1, 100)] };
    expect(readHistory(9, true, text)).toEqual(history);
  }
});

test('nothing stored is a cold user of a whole store and a lost one of another', () => {
  expect(readHistory(9, true, '')).toEqual({ userId: 9, state: 'cold', version: 0, entries: [] });
  expect(readHistory(9, false, '')).toEqual({ userId: 9, state: 'lost', version: 0, entries: [] });
});

test('in a store that is being rebuilt, a user is shown from their own rebuild on', () => {
  const text = '1,20,3.5,7,100,v,1';
  expect(readHistory(9, false, text)).toEqual({ userId: 9, state: 'lost', version: 0, entries: [] });
  expect(readHistory(9, false, `${text},r,1`)).toMatchObject({ state: 'known', entries: [entry(1, 100)] });
});
