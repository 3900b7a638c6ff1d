import type { ModelArrays } from '../model-arrays.ts';
import type { Objective } from '../objective.ts';
import { RecommenderError } from '../recommender-error.ts';
import { standardise } from '../scores.ts';
import { codeItems, openScreen } from './code-items.ts';
import type { Kernels } from './kernels.ts';
import { rowsAtOnce, type MemoryPlan } from './memory-plan.ts';

export interface PackedModel {
  readonly memory: WebAssembly.Memory;
  readonly plan: MemoryPlan;
  readonly kernels: Kernels;
}

/** Items between two yields: about a millisecond at 64 factors. */
const itemsAtOnce = 2_048;

/**
 * Writes a model into its memory: item factors in blocks, α₀·HᵀH, the mean and the covariance of the items, priors as z-scores. Yields about every
 * millisecond of work, so that the thread can answer in between. Returns the largest |z| of each group's prior. Throws `MODEL_INVALID`.
 */
export function* packModel(
  packed: PackedModel,
  arrays: ModelArrays & { readonly objective: Objective },
): Generator<void, Float64Array> {
  const { itemFactors, catalogueSize, factors, objective } = arrays;
  openScreen(packed.memory, packed.plan);
  for (let first = 0; first < catalogueSize; first += itemsAtOnce) {
    const end = Math.min(catalogueSize, first + itemsAtOnce);
    packItems(packed, itemFactors, first, end, factors);
    yield;
    codeItems(packed.memory, packed.plan, { rows: itemFactors, first, end });
    yield;
  }
  for (let first = 0; first < catalogueSize; first += itemsAtOnce) {
    sumItems(packed, first, Math.min(catalogueSize, first + itemsAtOnce));
    yield;
  }
  describeItems(packed, catalogueSize, objective.alpha0);
  return yield* packPriors(packed, arrays);
}

/** Items stand in fours, factor after factor: the others of this item follow each four numbers further. */
export const firstFactorAt = (item: number, factors: number): number => (item >> 2) * factors * 4 + (item & 3);

function packItems(
  { memory, plan }: PackedModel,
  from: Float32Array,
  first: number,
  end: number,
  factors: number,
): void {
  const items = new Float32Array(memory.buffer, plan.itemsAt, plan.places * factors);
  const largest = new Float64Array(memory.buffer, plan.largestAt, plan.size);
  for (let item = first; item < end; item += 1) {
    const column = firstFactorAt(item, factors);
    for (let j = 0; j < factors; j += 1) {
      const value = from[item * factors + j];
      const size = Math.abs(value);
      if (!(size < Infinity)) throw new RecommenderError('MODEL_INVALID', `item factors: ${value} in row ${item}`);
      if (size > largest[j]) largest[j] = size;
      items[column + j * 4] = value;
    }
  }
}

/** Adds h·hᵀ of these items to the Gram matrix, and h to the means. */
function sumItems({ memory, plan, kernels }: PackedModel, first: number, end: number): void {
  const picks = new Uint32Array(memory.buffer, plan.picksAt, rowsAtOnce);
  new Float64Array(memory.buffer, plan.confidencesAt, rowsAtOnce).fill(1);
  const { itemsAt, factors, size, picksAt, confidencesAt, rowsAt, weightedAt, meansAt, gramianAt } = plan;
  for (let at = first; at < end; at += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, end - at);
    for (let row = 0; row < count; row += 1) picks[row] = at + row;
    kernels.gather(itemsAt, factors, size, picksAt, confidencesAt, count, rowsAt, weightedAt, meansAt);
    kernels.accumulate(gramianAt, gramianAt, rowsAt, weightedAt, count, size);
  }
}

/** From sums to means, covariance (spread) and α₀·HᵀH. */
function describeItems({ memory, plan }: PackedModel, items: number, alpha0: number): void {
  const { size } = plan;
  const gramian = new Float64Array(memory.buffer, plan.gramianAt, size * size);
  const spread = new Float64Array(memory.buffer, plan.spreadAt, size * size);
  const means = new Float64Array(memory.buffer, plan.meansAt, size);
  for (let j = 0; j < size; j += 1) means[j] /= items;
  for (let i = 0; i < size; i += 1) {
    for (let j = i; j < size; j += 1) {
      const covariance = gramian[i * size + j] / items - means[i] * means[j];
      spread[i * size + j] = covariance;
      spread[j * size + i] = covariance;
    }
  }
  for (let at = 0; at < gramian.length; at += 1) gramian[at] *= alpha0;
}

function* packPriors({ memory, plan }: PackedModel, arrays: ModelArrays): Generator<void, Float64Array> {
  const { priors, groups, catalogueSize } = arrays;
  const largest = new Float64Array(groups);
  for (let group = 0; group < groups; group += 1) {
    const row = Float64Array.from(priors.subarray(group * catalogueSize, (group + 1) * catalogueSize));
    standardise(row);
    for (const value of row) {
      // One that is not finite makes the mean, and so every value, not a number.
      if (!Number.isFinite(value)) throw new RecommenderError('MODEL_INVALID', `priors of group ${group}: not finite`);
      largest[group] = Math.max(largest[group], Math.abs(value));
    }
    new Float32Array(memory.buffer, plan.priorsAt + group * plan.places * 4, plan.places).set(row);
    yield;
  }
  return largest;
}
