/** Floor of a share, so that an empty bin has a logarithm. */
const shareMin = 1e-4;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Population stability index Σ (a−e)·ln(a/e) of two histograms over the same bins, shares floored at 1e-4; 0 where one of the two is empty. */
export function stabilityIndex(expected: readonly number[], actual: readonly number[]): number {
  const [of, now] = [sum(expected), sum(actual)];
  if (of === 0 || now === 0) return 0;
  return expected.reduce((total, count, bin) => {
    const [e, a] = [Math.max(shareMin, count / of), Math.max(shareMin, actual[bin] / now)];
    return total + (a - e) * Math.log(a / e);
  }, 0);
}

/** Cramér's V of the table (before, now) × bins: √(χ²/n), since the table has two rows. 0 alike, 1 without anything in common. */
export function cramersV(before: readonly number[], now: readonly number[]): number {
  const rows = [sum(before), sum(now)];
  const all = rows[0] + rows[1];
  if (rows[0] === 0 || rows[1] === 0) return 0;
  let square = 0;
  for (const [bin, count] of before.entries()) {
    const column = count + now[bin];
    if (column === 0) continue;
    const expected = [(column * rows[0]) / all, (column * rows[1]) / all];
    square += (count - expected[0]) ** 2 / expected[0] + (now[bin] - expected[1]) ** 2 / expected[1];
  }
  return Math.sqrt(square / all);
}

/** Total variation ½·Σ|a−e|: the share of rows that would have to change their bin. */
export function totalVariation(before: readonly number[], now: readonly number[]): number {
  const [of, then] = [sum(before), sum(now)];
  if (of === 0 || then === 0) return 0;
  return before.reduce((total, count, bin) => total + Math.abs(now[bin] / then - count / of), 0) / 2;
}

/** What total variation two samples of one distribution show by chance, at most: ½·Σ√(2p(1−p)(1/n+1/m)/π), largest where all bins are alike. */
export function chanceVariation(before: readonly number[], now: readonly number[]): number {
  const [of, then, bins] = [sum(before), sum(now), before.length];
  if (of === 0 || then === 0) return 0;
  return Math.sqrt(((bins - 1) * (1 / of + 1 / then)) / (2 * Math.PI));
}
