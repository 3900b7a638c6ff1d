import type { ChainSample } from './chain-sample.ts';

/**
 * The mean over samples of one chain, number by number. Factors keep their places from sweep to sweep, so that one mean vector an item says nearly what
 * all samples say together; samples of two chains must never be mixed.
 */
export function createSampleMean() {
  let first: ChainSample | undefined;
  let count = 0;
  let alpha = 0;
  const sums: Float64Array[] = [];
  return {
    add(sample: ChainSample): void {
      first ??= sample;
      count += 1;
      alpha += sample.alpha;
      for (const [place, values] of arraysOf(sample).entries()) {
        sums[place] ??= new Float64Array(values.length);
        const sum = sums[place];
        for (let at = 0; at < sum.length; at += 1) sum[at] += values[at];
      }
    },
    /** Throws when nothing was added. */
    take(): ChainSample {
      if (!first) throw new Error('a mean of no samples');
      const [itemVectors, itemTrust, precision, mean, ...groups] = sums.map((sum) => sum.map((value) => value / count));
      return {
        numbers: first.numbers,
        alpha: alpha / count,
        userVectors: new Float32Array(0),
        itemVectors: Float32Array.from(itemVectors),
        itemTrust: Float32Array.from(itemTrust),
        ownPrior: { precision, mean },
        userGroups: groups.map((group) => Float32Array.from(group)),
      };
    },
  };
}

const arraysOf = ({ itemVectors, itemTrust, ownPrior, userGroups }: ChainSample) => [
  itemVectors,
  itemTrust,
  ownPrior.precision,
  ownPrior.mean,
  ...userGroups,
];
