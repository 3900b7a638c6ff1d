import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A stream of random numbers. Two streams of the same seed and names are equal, of other names independent. */
export class Random {
  private readonly generator: RandomGenerator;

  constructor(seed: number, ...names: (string | number)[]) {
    this.generator = xoroshiro128plus(hashOf(seed, names));
  }

  /** Uniform, 0 ≤ x < 1. */
  next(): number {
    return uniformFloat64(this.generator);
  }

  /** Whole number, 0 ≤ n < `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Uniform, `low` ≤ x < `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Normal with mean 0 and deviation 1 (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Waiting time until the next of events that come `rate` times a unit; exponential. */
  gap(rate: number): number {
    return -Math.log(1 - this.next()) / rate;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }
}

/** Mixes seed and names to 32 bits (FNV-1a, then the finaliser of MurmurHash3, so that near seeds differ everywhere). */
function hashOf(seed: number, names: (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of [seed, ...names].join('\u0000')) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
