import { validate, version } from 'uuid';
import { expect, test } from 'vitest';
import { newRequestId } from './request-id.ts';

test('ids are UUIDs of version 7, no two alike, and later ones are greater', () => {
  const ids = Array.from({ length: 2_000 }, (_, at) => newRequestId(1_780_000_000_000 + at));
  expect(ids.filter((id) => !validate(id) || version(id) !== 7)).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

test('ids of one millisecond differ in their random part alone', () => {
  const [one, other] = [newRequestId(1_780_000_000_000), newRequestId(1_780_000_000_000)];
  expect(one.slice(0, 15)).toBe(
    `${(1_780_000_000_000)
      .toString(16)
      .padStart(12, '0')
      .replace(/^(.{8})/, '$1-')}-7`,
  );
  expect(one.slice(15)).not.toBe(other.slice(15));
});
