import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitJsonArray } from './split-json-array.ts';

const split = (text: string, partBytes: number) => [...splitJsonArray(new TextEncoder().encode(text), partBytes)];
const elements = (texts: string[]) => texts.flatMap((text) => JSON.parse(text) as unknown[]);

test('the parts hold the elements of the whole, in order, whatever is in them', () => {
  const value = fc.array(fc.jsonValue({ noUnicodeString: false }));
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 60 }), fc.constantFrom(0, 2), (array, partBytes, indent) => {
      const text = JSON.stringify(array, null, indent);
      expect(elements(split(` ${text}\n`, partBytes))).toEqual(JSON.parse(text));
    }),
  );
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
