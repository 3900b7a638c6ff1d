import { normalBelow } from './normal-tail.ts';

/**
 * Always-valid p-value of "the true difference is not above 0", so that one may look as often as one likes and stop at p < α: the chance of
 * ever stopping wrongly stays below α (mixture sequential probability ratio test; Johari, Pekelis & Walsh 2017).
 *
 * One-sided form: the mixing law is the upper half of N(0, τ²), so Λ = 2 · √(s²/(s²+τ²)) · exp(τ²d²/(2s²(s²+τ²))) · Φ(τd/√(s²(s²+τ²))), and p = 1/Λ.
 *
 * @param difference estimated difference d of two means
 * @param variance its variance s² (V/n of the usual notation)
 * @param tau size of the differences that matter; the test is quickest for those
 */
export function alwaysValidP(difference: number, variance: number, tau: number): number {
  if (!Number.isFinite(variance) || !(tau > 0)) return 1;
  const both = variance + tau * tau;
  if (variance === 0) return difference > 0 ? 0 : 1;
  const exponent = (tau * tau * difference * difference) / (2 * variance * both);
  const tail = normalBelow((tau * difference) / Math.sqrt(variance * both));
  const logRatio = Math.log(2) + 0.5 * Math.log(variance / both) + exponent + Math.log(tail);
  return Math.min(1, Math.exp(-logRatio));
}
