import type { ListedItem } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { arrangeList, candidatesFor, seedOf } from './arrange-list.ts';

const best = Array.from({ length: 200 }, (_, at): ListedItem => ({ index: at, score: 200 - at, source: 'factors' }));
/** The first hundred items are all alike, the others too. */
const model = { factorsOf: (index: number) => Float32Array.of(index < 10 ? 1 : 0, index < 10 ? 0 : 1) };
const indexes = (items: readonly ListedItem[]) => items.map(({ index }) => index);
const plain = { offset: 0, count: 20 };

test('without wishes the best come in their order, from the offset on, for sure', () => {
  expect(arrangeList(model, best, plain)).toEqual({ items: best.slice(0, 20), propensity: 1 });
  expect(arrangeList(model, best, { offset: 5, count: 3 }).items).toEqual(best.slice(5, 8));
  expect(arrangeList(model, best.slice(0, 4), plain).items).toEqual(best.slice(0, 4));
});

test('diversity brings items of another kind forward, the more the larger it is; pages fit together', () => {
  const firstOther = (diversity: number) => {
    const { items } = arrangeList(model, best.slice(0, 100), { ...plain, diversity });
    return indexes(items).findIndex((index) => index >= 10);
  };
  expect(firstOther(0)).toBe(10);
  expect(firstOther(0.04)).toBeLessThan(10);
  expect(firstOther(0.9)).toBe(1);
  const page = (offset: number) => arrangeList(model, best, { offset, count: 10, diversity: 0.5 }).items;
  expect([...page(0), ...page(10)]).toEqual(arrangeList(model, best, { ...plain, diversity: 0.5 }).items);
});

test('as many of the best are wanted as the arranging looks at', () => {
  expect(candidatesFor(plain)).toBe(20);
  expect(candidatesFor({ ...plain, diversity: 0 })).toBe(20);
  expect(candidatesFor({ ...plain, diversity: 0.1 })).toBe(100);
  expect(candidatesFor({ offset: 300, count: 20, diversity: 0.1 })).toBe(320);
  expect(candidatesFor({ ...plain, explore: { share: 0.1, seed: 1 } })).toBe(200);
  expect(candidatesFor({ offset: 0, count: 0, explore: { share: 0.1, seed: 1 } })).toBe(0);
});

test('drawn places are marked, come from the next best, and their share is the one that was set', () => {
  let drawn = 0;
  for (let at = 0; at < 500; at += 1) {
    const { items, propensity } = arrangeList(model, best, {
      ...plain,
      explore: { share: 0.1, seed: seedOf(`r${at}`) },
    });
    const marked = items.filter(({ source }) => source === 'exploration');
    drawn += marked.length;
    expect(new Set(indexes(items)).size).toBe(20);
    expect(marked.every(({ index }) => index >= 20)).toBe(true);
    expect(items.filter(({ source }) => source !== 'exploration').every(({ index }) => index < 20)).toBe(true);
    // Twenty places of 180 items: the propensity tells how many were drawn.
    const expected = Array.from({ length: marked.length }, (_, gone) => 0.1 / (180 - gone));
    const logged = expected.reduce((product, one) => product * one, 0.9 ** (20 - marked.length));
    expect(propensity / logged).toBeCloseTo(1, 9);
  }
  expect(drawn / (500 * 20)).toBeGreaterThan(0.08);
  expect(drawn / (500 * 20)).toBeLessThan(0.12);
});

test('the same request draws the same, another one something else', () => {
  const listFor = (requestId: string) =>
    JSON.stringify(arrangeList(model, best, { ...plain, explore: { share: 0.3, seed: seedOf(requestId) } }));
  expect(listFor('a')).toBe(listFor('a'));
  expect(new Set(Array.from({ length: 20 }, (_, at) => listFor(`request ${at}`))).size).toBe(20);
});

test('where nothing is left to draw from, the list is the plain one', () => {
  const { items, propensity } = arrangeList(model, best.slice(0, 20), { ...plain, explore: { share: 0.5, seed: 3 } });
  expect([items, propensity]).toEqual([best.slice(0, 20), 1]);
});
