import { expect, test } from 'vitest';
import { newClusterId } from './kafka.ts';

test('no cluster id looks like an option, whatever its random bytes are', () => {
  const ids = Array.from({ length: 256 }, (_, first) => newClusterId(Buffer.alloc(16, first)));
  expect(ids.filter((id) => id.startsWith('-'))).toEqual([]);
  expect(ids.filter((id) => /^[\w-]{22}$/.test(id))).toHaveLength(256);
});
