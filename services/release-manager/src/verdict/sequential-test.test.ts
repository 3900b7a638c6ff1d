import { describe, expect, test } from 'vitest';
import { alwaysValidP } from './sequential-test.ts';
import { normalBelow } from './normal-tail.ts';

/** Λ from its definition alone: the mean of the likelihood ratio of θ to 0 over θ ~ |N(0, τ²)|, by the trapezium rule. */
function integrated(difference: number, variance: number, tau: number): number {
  const steps = 200_000;
  const top = 12 * tau + Math.abs(difference) + 12 * Math.sqrt(variance);
  let sum = 0;
  for (let at = 0; at <= steps; at++) {
    const theta = (at / steps) * top;
    const density = (2 / (tau * Math.sqrt(2 * Math.PI))) * Math.exp(-(theta * theta) / (2 * tau * tau));
    const ratio = Math.exp((2 * difference * theta - theta * theta) / (2 * variance));
    sum += density * ratio * (at === 0 || at === steps ? 0.5 : 1);
  }
  return (sum * top) / steps;
}

describe('the always-valid p-value', () => {
  const cases = [-0.01, 0, 0.003, 0.011, 0.02].flatMap((difference) =>
    [0.002, 0.005, 0.05].flatMap((deviation) => [0.005, 0.011, 0.03].map((tau) => ({ difference, deviation, tau }))),
  );
  test.each(cases)('agrees with the integral it is the closed form of: $difference ± $deviation, τ $tau', (one) => {
    const variance = one.deviation ** 2;
    const expected = Math.min(1, 1 / integrated(one.difference, variance, one.tau));
    expect(alwaysValidP(one.difference, variance, one.tau) / expected).toBeCloseTo(1, 5);
  });

  test('a wrong sign or a forgotten half is seen by that comparison', () => {
    const expected = 1 / integrated(0.011, 0.005 ** 2, 0.011);
    expect(alwaysValidP(-0.011, 0.005 ** 2, 0.011) / expected).not.toBeCloseTo(1, 2);
    expect((2 * alwaysValidP(0.011, 0.005 ** 2, 0.011)) / expected).not.toBeCloseTo(1, 2);
  });

  test('nothing seen proves nothing; no spread at all proves the sign', () => {
    expect(alwaysValidP(0.5, Infinity, 0.01)).toBe(1);
    expect(alwaysValidP(Number.NaN, Infinity, 0.01)).toBe(1);
    expect(alwaysValidP(0.1, 0, 0.01)).toBe(0);
    expect(alwaysValidP(-0.1, 0, 0.01)).toBe(1);
  });

  test('looked at 2,000 times, 1,000 fair walks are stopped by at most 50 of 1,000 at α = .05', () => {
    let state = 8;
    const uniform = (): number => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
      return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32 || 0.5;
    };
    let stopped = 0;
    for (let walk = 0; walk < 1_000; walk++) {
      let sum = 0;
      for (let n = 1; n <= 2_000; n++) {
        sum += Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
        if (alwaysValidP(sum / n, 1 / n, 0.1) < 0.05) {
          stopped++;
          break;
        }
      }
    }
    expect(stopped).toBeGreaterThan(0);
    expect(stopped).toBeLessThanOrEqual(50);
  });
});

test('the normal law, where tables have it', () => {
  const known: [number, number][] = [
    [0, 0.5],
    [1, 0.841344746],
    [-1.959963985, 0.025],
    [-3.090232306, 0.001],
  ];
  for (const [z, below] of known) expect(normalBelow(z) / below).toBeCloseTo(1, 6);
  expect(normalBelow(-20)).toBeGreaterThan(0);
});
