/** P(Z ≤ z) of the standard normal, with a relative error below 1.2·10⁻⁷ also far out (Numerical Recipes, §6.2, `erfcc`). */
export const normalBelow = (z: number): number => 0.5 * erfc(-z / Math.SQRT2);

const coefficients = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

function erfc(x: number): number {
  const z = Math.abs(x);
  const t = 1 / (1 + z / 2);
  const series = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  const upper = t * Math.exp(-z * z + series);
  return x >= 0 ? upper : 2 - upper;
}
