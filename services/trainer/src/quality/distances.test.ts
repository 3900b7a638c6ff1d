import { expect, test } from 'vitest';
import { chanceVariation, cramersV, stabilityIndex, totalVariation } from './distances.ts';
import { GroupEffect } from './group-effect.ts';

test('PSI by hand: (.2)·ln(.7/.5) + (−.2)·ln(.3/.5), floored where a bin is empty', () => {
  expect(stabilityIndex([50, 50], [70, 30])).toBeCloseTo(0.2 * Math.log(0.7 / 0.5) - 0.2 * Math.log(0.3 / 0.5), 12);
  expect(stabilityIndex([10, 0], [10, 0])).toBe(0);
  expect(stabilityIndex([10, 0], [0, 10])).toBeCloseTo(2 * (1 - 1e-4) * Math.log(1e4), 9);
  expect(stabilityIndex([0, 0], [5, 5])).toBe(0);
});

test('Cramér’s V by hand: χ² of (50,50 | 70,30) is 8.333, V = √(8.333/200)', () => {
  expect(cramersV([50, 50], [70, 30])).toBeCloseTo(Math.sqrt(25 / 3 / 200), 12);
  expect(cramersV([7, 0], [0, 9])).toBeCloseTo(1, 12);
  expect(cramersV([10, 20, 0], [100, 200, 0])).toBeCloseTo(0, 12);
});

test('total variation is the share of rows that would have to move', () => {
  expect(totalVariation([50, 50], [70, 30])).toBeCloseTo(0.2, 12);
  expect(totalVariation([1, 0], [0, 1])).toBe(1);
  expect(chanceVariation([50, 50], [70, 30])).toBeCloseTo(Math.sqrt(0.02 / (2 * Math.PI)), 12);
});

test('ε² by hand: groups (1,3) and (5,7): SS between 16, within 4, of 20', () => {
  const effect = new GroupEffect();
  for (const [group, value] of [
    [0, 1],
    [0, 3],
    [900, 5],
    [900, 7],
  ] as const)
    effect.add(group, value);
  expect(effect.effect(4)).toBeCloseTo((16 - 2) / 20, 12);
  expect(effect.effect(5)).toBeNull();
});

test('ε² of values without a spread is not known, and of values dealt at random about nothing', () => {
  const [flat, random] = [new GroupEffect(), new GroupEffect()];
  for (let at = 0; at < 10_000; at += 1) {
    flat.add(at % 10, 5);
    random.add(at % 10, (at * 7_919) % 1_009);
  }
  expect(flat.effect(1)).toBeNull();
  expect(random.effect(1)).toBeLessThan(0.01);
});
