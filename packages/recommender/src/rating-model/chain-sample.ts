import { groupsOf, type ChainPlan, type GroupPlan } from './chain-plan.ts';
import type { GroupPrior } from './priors.ts';

/** One draw of everything, without padding: vectors are `[bias, factors…]`, `numbers` each, a row after the other. */
export interface ChainSample {
  readonly numbers: number;
  /** One over the variance of a rating around its prediction. */
  readonly alpha: number;
  readonly userVectors: Float32Array;
  readonly itemVectors: Float32Array;
  /** √τ of every item: a rating of it has precision α·τ. */
  readonly itemTrust: Float32Array;
  /** Of users' own vectors. */
  readonly ownPrior: GroupPrior;
  /** Vectors of the features of users, a group each; the items they rated first, if there is that group. */
  readonly userGroups: readonly Float32Array[];
}

/** `withUsers` false: no vectors of users, which are many. */
export function keepSample(
  buffer: ArrayBuffer,
  plan: ChainPlan,
  { alpha, withUsers }: { alpha: number; withUsers: boolean },
): ChainSample {
  const { numbers, size, users, items } = plan;
  const take = (at: number, rows: number): Float32Array => {
    const from = new Float32Array(buffer, at, rows * size);
    const to = new Float32Array(rows * numbers);
    for (let row = 0; row < rows; row += 1) to.set(from.subarray(row * size, row * size + numbers), row * numbers);
    return to;
  };
  return {
    numbers,
    alpha,
    userVectors: take(users.vectorsAt, withUsers ? users.rows : 0),
    itemVectors: take(items.vectorsAt, items.rows),
    itemTrust: new Float32Array(buffer, items.trustAt, items.rows).slice(),
    ownPrior: takePrior(buffer, users.own, numbers),
    userGroups: groupsOf(users).map(({ vectorsAt, features }) => take(vectorsAt, features)),
  };
}

const takePrior = (buffer: ArrayBuffer, { precisionAt, meanAt }: GroupPlan, numbers: number): GroupPrior => ({
  precision: new Float64Array(buffer, precisionAt, numbers).slice(),
  mean: new Float64Array(buffer, meanAt, numbers).slice(),
});
