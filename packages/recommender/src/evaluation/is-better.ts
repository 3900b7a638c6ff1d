/** Mean of values; 0 of none. */
export const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at];
  return values.length === 0 ? 0 : sum / values.length;
};

/** Whether `larger` is above `smaller` by more than the standard error of their difference, pair by pair. */
export function isBetter(larger: ArrayLike<number>, smaller: ArrayLike<number>): boolean {
  const differences = Float64Array.from(larger, (value, at) => value - smaller[at]);
  const mean = meanOf(differences);
  const variance = meanOf(differences.map((one) => (one - mean) ** 2));
  return mean > Math.sqrt(variance / Math.max(1, differences.length - 1)) && mean > 1e-12;
}
