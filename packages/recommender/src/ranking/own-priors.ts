import type { EvidenceRows } from '../collect-evidence.ts';
import type { PackedModel } from '../kernels/pack-model.ts';
import { halfValues, type PackedWeights } from './packed-weights.ts';

/** Item weights beside the factors of a model. */
export interface WeightsBlend {
  readonly weights: PackedWeights;
  /** b, from above 0 to 1: how much the weights count in the personal part of a score. */
  readonly share: number;
}

/** A prior of one user, ready for the kernel: scores are `shift + weight·prior + …`, and the factors count `factorShare`. */
export interface OwnPrior {
  readonly at: number;
  readonly weight: number;
  readonly shift: number;
  readonly factorShare: number;
  /** No score has a larger part without factors than (1 − factorShare) of this. */
  readonly largest: number;
  /** Adds one to a sum of weights, this adds to the score. */
  readonly scale: number;
}

export interface OwnPriorOf {
  readonly evidence: EvidenceRows;
  readonly group: number;
  /** s = n/(n + k) of this user. */
  readonly share: number;
}

/**
 * The item weights' part of a user's scores as a prior of their own, so that one pass of the kernel scores everything:
 * s·((1 − b)·z(H·w) + b·z(x·B)) + (1 − s)·z(prior), x being the confidences of the history, z over all items. Undefined where x·B does not tell items
 * apart: factors then count for all of it. Float64 but for the array; sums in the order of the items, so the same history gives the same bits.
 */
export function createOwnPriors(
  { memory, plan }: PackedModel,
  { weights, share: blend }: WeightsBlend,
  priorLargest: Float64Array,
) {
  const { start, weight } = weights;
  const values = halfValues();
  const { columns, placeOf } = columnsOf(weights);
  // A sum for each item that weights lead to, and for no other: all of them stay in the nearest caches. 2 bytes a weight.
  const sums = new Float64Array(columns.length);
  const floats = new Float32Array(memory.buffer);

  const scatter = ({ count, items: rows, confidences }: EvidenceRows): void => {
    for (let row = 0; row < count; row += 1) {
      const confidence = confidences[row];
      for (let at = start[rows[row]], end = start[rows[row] + 1]; at < end; at += 1)
        sums[placeOf[at]] += confidence * values[weight[at]];
    }
  };
  /** Puts `scale` times the sums onto a copy of the group's prior, and the sums back to 0. */
  const add = (from: number, to: number, scale: number): void => {
    if (from === 0) floats.fill(0, to, to + plan.places);
    else floats.copyWithin(to, from, from + plan.places);
    // By place, as everywhere here: iterators take three times as long.
    for (let at = 0; at < columns.length; at += 1) {
      floats[to + columns[at]] += scale * sums[at];
      sums[at] = 0;
    }
  };

  return (slot: number, { evidence, group, share }: OwnPriorOf): OwnPrior | undefined => {
    scatter(evidence);
    const { mean, deviation, largest } = describe(sums, weights.items);
    if (deviation === 0) {
      sums.fill(0);
      return undefined;
    }
    // Where the prior does not count at all, the array is the weights' part alone.
    const weight = share === 1 ? 1 : 1 - share;
    const scale = (share * blend) / deviation;
    const from = share === 1 ? 0 : (plan.priorsAt + group * plan.places * 4) / 4;
    const to = plan.ownPriorsAt / 4 + slot * plan.places;
    add(from, to, scale / weight);
    const factorShare = share * (1 - blend);
    const bound = (weight * priorLargest[group] + scale * (largest + Math.abs(mean))) / (1 - factorShare);
    const isFinite = (scale / weight) * largest < 1e38;
    return {
      at: 4 * to,
      weight,
      shift: -scale * mean,
      factorShare,
      largest: isFinite ? bound : Infinity,
      scale,
    };
  };
}

/** Items that any weight leads to, ascending, all others have a sum of 0; and for each weight the place of its target among them. */
function columnsOf({ items, target }: PackedWeights) {
  const reached = new Uint8Array(items);
  for (const item of target) reached[item] = 1;
  const columns = Uint32Array.from(reached.keys()).filter((item) => reached[item] === 1);
  const places = new Uint32Array(items);
  columns.forEach((item, place) => (places[item] = place));
  const Places = columns.length > 65_536 ? Uint32Array : Uint16Array;
  const placeOf = new Places(target.length);
  for (let at = 0; at < target.length; at += 1) placeOf[at] = places[target[at]];
  return { columns, placeOf };
}

/** Over all `items`, of which only those of `sums` differ from 0; the deviation is 0 where it is no more than rounding. No sum is above `largest`. */
function describe(sums: Float64Array, items: number) {
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < sums.length; at += 1) {
    const value = sums[at];
    sum += value;
    squares += value * value;
  }
  const mean = sum / items;
  const meanSquare = squares / items;
  const variance = meanSquare - mean * mean;
  return { mean, deviation: variance <= 1e-13 * meanSquare ? 0 : Math.sqrt(variance), largest: Math.sqrt(squares) };
}
