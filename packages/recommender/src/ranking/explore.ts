import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { assertCount, RecommenderError } from '../recommender-error.ts';

/** One place of a list and the probability with which it held this very item. */
export interface ExploredSlot {
  readonly index: number;
  readonly explored: boolean;
  /** ε/N + (1 − ε)·[greedy], N being the size of the pool at this place: what an off-policy estimate divides by. */
  readonly propensity: number;
}

export interface Exploration {
  /** ε, the share of slots that are drawn; from 0 to 1, 0.01 to 0.05 is usual. */
  readonly epsilon: number;
  /** The same list, pool and seed give the same slots. */
  readonly seed: number;
}

/**
 * Each slot is, with probability ε, drawn from the eligible pool, otherwise the best item that is not in the list yet. The propensity is that of the
 * slot given the slots before it. Items of `greedy` (best first) and `pool` may overlap; what stands in the list leaves both. Throws `REQUEST_INVALID`.
 */
export function exploreSlots(
  greedy: readonly number[],
  pool: readonly number[],
  count: number,
  { epsilon, seed }: Exploration,
): ExploredSlot[] {
  assertCount(count, 0, 'count', 'REQUEST_INVALID');
  if (!(epsilon >= 0 && epsilon <= 1) || !Number.isInteger(seed))
    throw new RecommenderError('REQUEST_INVALID', `epsilon ${epsilon} or seed ${seed} cannot be used`);
  const generator = xoroshiro128plus(spread(seed));
  let eligible = [...new Set(pool)];
  let best = [...new Set(greedy)];
  const slots: ExploredSlot[] = [];
  while (slots.length < count && best.length + eligible.length > 0) {
    // Where only one way is left, it is taken for sure.
    const share: number = eligible.length === 0 ? 0 : best.length === 0 ? 1 : epsilon;
    const explored = uniformFloat64(generator) < share;
    const index = explored ? eligible[uniformInt(generator, 0, eligible.length - 1)] : best[0];
    const drawn = eligible.includes(index) ? share / eligible.length : 0;
    slots.push({ index, explored, propensity: drawn + (index === best[0] ? 1 - share : 0) });
    eligible = eligible.filter((item) => item !== index);
    best = best.filter((item) => item !== index);
  }
  return slots;
}

/** Neighbouring seeds, such as the numbers of requests, become far ones (the end of murmur3): of such the generator's first draws would be alike. */
function spread(seed: number): number {
  let bits = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
