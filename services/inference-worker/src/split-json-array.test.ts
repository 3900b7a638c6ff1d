import { expect, test } from 'vitest';
import { splitJsonArray } from './split-json-array.ts';

const split = (text: string, partBytes: number) => [...splitJsonArray(new TextEncoder().encode(text), partBytes)];
const elements = (texts: string[]) => texts.flatMap((text) => JSON.parse(text) as unknown[]);

/** Drawn values of every kind, nested, with the marks of JSON inside of strings. */
function drawValue(seed: { state: number }, depth: number): unknown {
  const draw = (below: number) => (seed.state = (seed.state * 48_271) % 2_147_483_647) % below;
  const text = () =>
    Array.from({ length: draw(6) }, () => ['"', '\\', ',', '[', ']', '{', '}', 'é', '🎬', ' '][draw(10)]).join('');
  const kind = draw(depth > 3 ? 4 : 6);
  if (kind === 4) return Array.from({ length: draw(4) }, () => drawValue(seed, depth + 1));
  if (kind === 5) return { [text()]: drawValue(seed, depth + 1), [text()]: drawValue(seed, depth + 1) };
  return [null, draw(1_000) - 500, draw(2) === 1, text()][kind];
}

test('the parts hold the elements of the whole, in order, whatever is in them', () => {
  const seed = { state: 7 };
  let parted = 0;
  for (let round = 0; round < 1_000; round++) {
    const array = Array.from({ length: round % 12 }, () => drawValue(seed, 0));
    const parts = split(` ${JSON.stringify(array, null, round % 3)}\n`, 1 + (round % 50));
    expect(elements(parts)).toEqual(array);
    parted += parts.length > 1 ? 1 : 0;
  }
  expect(parted).toBeGreaterThan(300);
});

test('a part ends with the first element that reaches the size', () => {
  expect(split('[{"a":"],["},[1,2],"x\\",",4,5]', 5)).toEqual(['[{"a":"],["}]', '[[1,2]]', '["x\\","]', '[4,5]']);
});

test.each(['', '{}', '[', ']', '[1,2', '1]', 'x[1]', '[1]x', '[1,]', '[,1]', '[1 2]', '[{"a":1]', '["a]', '[1,,2]'])(
  '%j is refused',
  (text) => {
    for (const partBytes of [1, 100]) expect(() => elements(split(text, partBytes))).toThrow();
  },
);
