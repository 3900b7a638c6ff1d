/** Random numbers that are the same for the same seed. */
export interface SeededRandom {
  /** Uniform, 0 ≤ x < 1. */
  next(): number;
  /** Whole number, 0 ≤ n < `limit`. */
  below(limit: number): number;
  /** Whole number, `low` ≤ n ≤ `high`. */
  between([low, high]: readonly [low: number, high: number]): number;
  /** A copy in random order (Fisher and Yates). */
  shuffled<T>(values: readonly T[]): T[];
}

/** SplitMix32: a counter in steps of the golden ratio, finished as in MurmurHash3, so that near seeds differ at once. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    between: ([low, high]) => low + below(high - low + 1),
    shuffled(values) {
      const copy = [...values];
      for (let last = copy.length - 1; last > 0; last--) {
        const place = below(last + 1);
        [copy[last], copy[place]] = [copy[place], copy[last]];
      }
      return copy;
    },
  };
}
