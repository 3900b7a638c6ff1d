import { expect, test } from 'vitest';
import { blendScores, chooseWeights, handOver, standardiseCandidates } from './blend.ts';

const of = (...values: number[]) => Float32Array.from(values);
const open = (size: number) => new Uint8Array(size);

test('candidates have mean 0 and deviation 1, whatever stands at the others', () => {
  const scores = of(1, 2, 3, 1e6, 6);
  standardiseCandidates(scores, Uint8Array.of(0, 0, 0, 1, 0));
  const candidates = [0, 1, 2, 4].map((at) => scores[at]);
  const mean = candidates.reduce((sum, value) => sum + value, 0) / 4;
  expect(mean).toBeCloseTo(0, 6);
  expect(candidates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4).toBeCloseTo(1, 5);
  expect(candidates).toEqual(candidates.toSorted((a, b) => a - b));
});

test('a blend is the weighted sum of z-scores: the scale of a model does not count', () => {
  const one = [3, 1, 2, 0];
  const other = [1, 4, 2, 2];
  const blend = (scale: number) => {
    const out = new Float32Array(4);
    const parts = [
      { scores: of(...one.map((value) => scale * value + 7)), weight: 0.7 },
      { scores: of(...other), weight: 0.3 },
    ];
    blendScores(parts, open(4), out);
    return [...out];
  };
  // Mean and deviation written out.
  const z = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / 4;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4);
    return values.map((value) => (value - mean) / deviation);
  };
  const expected = z(one).map((value, at) => 0.7 * value + 0.3 * z(other)[at]);
  for (const scale of [1, 1_000]) blend(scale).forEach((value, at) => expect(value).toBeCloseTo(expected[at], 4));
});

test('a model that says the same of all items says nothing', () => {
  const out = new Float32Array(3);
  blendScores([{ scores: of(0.1, 0.1, 0.1), weight: 5 }], open(3), out);
  expect([...out]).toEqual([0, 0, 0]);
});

test('a score that is not finite, and sizes that differ, are refused', () => {
  const blend = (scores: Float32Array, weight = 1) => blendScores([{ scores, weight }], open(2), new Float32Array(2));
  expect(() => blend(of(1, NaN))).toThrow(expect.objectContaining({ code: 'NUMERIC_FAILURE' }));
  expect(() => blend(of(1, Infinity))).toThrow(expect.objectContaining({ code: 'NUMERIC_FAILURE' }));
  expect(() => blend(of(1))).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
  expect(() => blend(of(1, 2), NaN)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
});

test('who has no history gets the prior alone, and each item of it moves the share by n/(n + k)', () => {
  const shares = [0, 2, 6].map((n) => {
    const personal = of(1, 0);
    handOver(personal, of(0, 1), n, 2);
    return [...personal];
  });
  expect(shares[0]).toEqual([0, 1]);
  expect(shares[1]).toEqual([0.5, 0.5]);
  expect(shares[2][0]).toBeCloseTo(0.75, 6);
});

test('weights are chosen from all shares that sum to 1, and every trial is kept', () => {
  const { best, trials } = chooseWeights(3, 4, ([a, b, c]) => -((a - 0.25) ** 2) - (b - 0.5) ** 2 - (c - 0.25) ** 2);
  expect(best.weights).toEqual([0.25, 0.5, 0.25]);
  expect(trials.length).toBe(15);
  expect(new Set(trials.map(({ weights }) => weights.join(' '))).size).toBe(15);
  for (const { weights } of trials) expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(1);
});
