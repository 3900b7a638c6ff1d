import { expect, test } from 'vitest';
import { KeyedSlots } from './keyed-slots.ts';

test('it holds what a map holds, whatever comes and goes', () => {
  const [slots, map] = [new KeyedSlots<number>(), new Map<string, number>()];
  let seed = 1;
  const draw = (below: number): number =>
    (seed = Math.imul(seed, 1_103_515_245) + 12_345) >>> 1 && (seed >>> 8) % below;
  // More keys than slots, so that many share one.
  for (let step = 0; step < 100_000; step++) {
    const key = `user ${draw(20_000)}`;
    if (draw(3) === 0) {
      slots.delete(key);
      map.delete(key);
    } else {
      slots.set(key, step);
      map.set(key, step);
    }
    const asked = `user ${draw(20_000)}`;
    expect(slots.get(asked)).toBe(map.get(asked));
  }
  expect(slots.size).toBe(map.size);
  expect(map.size).toBeGreaterThan(4_096);
  for (const [key, value] of map) expect(slots.get(key)).toBe(value);
});

test('a key that was never there is not there, and may be deleted', () => {
  const slots = new KeyedSlots<string>();
  slots.delete('a');
  expect(slots.get('a')).toBeUndefined();
  expect(slots.size).toBe(0);
});
