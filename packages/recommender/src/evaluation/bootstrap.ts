import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { assertCount } from '../recommender-error.ts';

/** A figure with the bounds between which 95 % of the draws lie. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapSettings {
  readonly draws?: number;
  readonly seed?: number;
}

/**
 * Percentile bootstrap over users (Efron 1979): `draws` (200) times as many users as there are, with return; `figureOf` is the figure of one such
 * sample, given as places of users. The same seed gives the same interval. NaN all over where there is no user.
 */
export function bootstrap(
  users: number,
  figureOf: (sample: Int32Array) => number,
  { draws = 200, seed = 1 }: BootstrapSettings = {},
): Interval {
  assertCount(users, 0, 'users', 'DATA_INVALID');
  assertCount(draws, 1, 'draws', 'DATA_INVALID');
  if (users === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const generator = xoroshiro128plus(seed);
  const value = figureOf(Int32Array.from({ length: users }, (_, at) => at));
  const sample = new Int32Array(users);
  const figures = Float64Array.from({ length: draws }, () => {
    for (let at = 0; at < users; at += 1) sample[at] = Math.floor(uniformFloat64(generator) * users);
    return figureOf(sample);
  }).sort();
  return { value, low: quantile(figures, 0.025), high: quantile(figures, 0.975) };
}

/** Mean of one value a user, with its interval. */
export const bootstrapMean = (values: ArrayLike<number>, settings?: BootstrapSettings): Interval =>
  bootstrap(values.length, (sample) => sample.reduce((sum, at) => sum + values[at], 0) / sample.length, settings);

/** Of sorted values, between its two neighbours in proportion. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
