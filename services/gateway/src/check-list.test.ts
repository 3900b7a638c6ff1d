import { expect, test } from 'vitest';
import { isUsableList } from './check-list.ts';

const item = (at: number) => ({ id: `movie+${at}+2001`, score: 1 });
const sound = Array.from({ length: 20 }, (_, at) => item(at));

test('a list of 1 to 20 different movies may leave', () => {
  expect(isUsableList(sound, 20)).toBe(true);
  expect(isUsableList(sound.slice(0, 1), 20)).toBe(true);
});

test('what was sound once is looked at again with the rest of its list, and what was not stays so', () => {
  const broken = [...sound.slice(0, 19), { id: 'a,b+2001', score: 1 }];
  for (let round = 0; round < 3; round++) {
    expect(isUsableList(sound, 20)).toBe(true);
    expect(isUsableList(broken, 20)).toBe(false);
    expect(isUsableList([...sound.slice(0, 19), { ...item(0), score: Number.POSITIVE_INFINITY }], 20)).toBe(false);
  }
});

test('more ids than are remembered are checked all the same', () => {
  for (let at = 0; at < 100_100; at += 1_000) {
    const items = Array.from({ length: 1_000 }, (_, more) => item(at + more));
    expect(isUsableList(items, 1_000)).toBe(true);
  }
  expect(isUsableList(sound, 20)).toBe(true);
  expect(isUsableList([{ id: 'a+2001\n', score: 1 }], 20)).toBe(false);
});

test.each([
  ['nothing', []],
  ['one too many', [...sound, item(20)]],
  ['a movie twice', [...sound.slice(0, 19), item(0)]],
  ['a comma in an id', [{ id: 'a,b+2001', score: 1 }]],
  ['a line break in an id', [{ id: 'a+2001\n', score: 1 }]],
  ['an empty id', [{ id: '', score: 1 }]],
  ['a quote in an id', [{ id: '"a+2001"', score: 1 }]],
  ['a score that is no number', [{ id: 'a+2001', score: Number.NaN }]],
])('a list with %s does not leave', (_what, items) => {
  expect(isUsableList(items, 20)).toBe(false);
});
