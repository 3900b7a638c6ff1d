import { expect, test } from 'vitest';
import { readFloat32 } from './read-blobs.ts';

const corrupt = expect.objectContaining({ code: 'ARTIFACT_CORRUPT' });

test('numbers are read from any place of a larger buffer, aligned or not', () => {
  const numbers = Float32Array.from([1.5, -2, 3e7]);
  for (const offset of [0, 1, 2, 3, 4]) {
    const shared = new Uint8Array(32);
    shared.set(new Uint8Array(numbers.buffer), offset);
    expect(readFloat32(shared.subarray(offset, offset + 12), 'factors')).toEqual(numbers);
  }
});

test('a blob that ends within a number is corrupt', () => {
  expect(() => readFloat32(new Uint8Array(11), 'factors')).toThrow(corrupt);
});
