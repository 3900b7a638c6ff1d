import { expect, test } from 'vitest';
import { isUsableList } from './check-list.ts';

const item = (at: number) => ({ id: `movie+${at}+2001`, score: 1 });
const sound = Array.from({ length: 20 }, (_, at) => item(at));

test('a list of 1 to 20 different movies may leave', () => {
  expect(isUsableList(sound, 20)).toBe(true);
  expect(isUsableList(sound.slice(0, 1), 20)).toBe(true);
});

test('a long list is held to the same', () => {
  const long = Array.from({ length: 1_000 }, (_, at) => item(at));
  expect(isUsableList(long, 1_000)).toBe(true);
  expect(isUsableList([...long.slice(0, 999), item(0)], 1_000)).toBe(false);
  expect(isUsableList([...long.slice(0, 999), { id: 'a+2001\n', score: 1 }], 1_000)).toBe(false);
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
