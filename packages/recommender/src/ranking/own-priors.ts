import type { EvidenceRows } from '../collect-evidence.ts';
import { rowsAtOnce } from '../kernels/memory-plan.ts';
import type { PackedModel } from '../kernels/pack-model.ts';
import type { PackedWeights } from './packed-weights.ts';

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
}

export interface OwnPriorOf {
  readonly evidence: EvidenceRows;
  readonly group: number;
  /** s = n/(n + k) of this user. */
  readonly share: number;
}

/** What the item weights of a model are served with; they stand in its memory, see `placeWeights`. */
interface OwnPriorSettings {
  readonly items: number;
  /** b. */
  readonly blend: number;
  /** Largest |z| by group. */
  readonly priorLargest: Float64Array;
}

/**
 * The item weights' part of a user's scores as a prior of their own, so that one pass of the kernel scores everything:
 * s·((1 − b)·z(H·w) + b·z(x·B)) + (1 − s)·z(prior), x being the confidences of the history, z over all items. Undefined where x·B does not tell items
 * apart: factors then count for all of it. Sums in the order of the items, so the same history gives the same bits.
 */
export function createOwnPriors(packed: PackedModel, { items, blend, priorLargest }: OwnPriorSettings) {
  const { memory, plan, kernels } = packed;
  const { priorsAt, places } = plan;
  const sumInto = createSummation(packed);
  const described = new Float64Array(memory.buffer, plan.scratchAt, 2);

  return (slot: number, { evidence, group, share }: OwnPriorOf): OwnPrior | undefined => {
    const at = plan.ownPriorsAt + slot * places * 4;
    sumInto(at, evidence);
    kernels.describeSums(at, places, plan.scratchAt);
    const { mean, deviation, largest } = describe(described[0], described[1], items);
    if (deviation === 0) return undefined;
    // Where the prior does not count at all, the array is the weights' part alone.
    const weight = share === 1 ? 1 : 1 - share;
    const scale = (share * blend) / deviation;
    kernels.addPrior(at, places, scale / weight, share === 1 ? 0 : priorsAt + group * places * 4);
    const factorShare = share * (1 - blend);
    const bound = (weight * priorLargest[group] + scale * (largest + Math.abs(mean))) / (1 - factorShare);
    const isFinite = (scale / weight) * largest < 1e38;
    return { at, weight, shift: -scale * mean, factorShare, largest: isFinite ? bound : Infinity };
  };
}

/** x·B of a history, one sum an item of the catalogue. */
function createSummation({ memory, plan, kernels }: PackedModel) {
  const { startsAt, targetsAt, weightsAt, isWide, picksAt, confidencesAt, places } = plan;
  const bytes = new Uint8Array(memory.buffer);
  const picks = new Uint32Array(memory.buffer, picksAt, rowsAtOnce);
  const confidences = new Float32Array(memory.buffer, confidencesAt, rowsAtOnce);
  return (sumsAt: number, evidence: EvidenceRows): void => {
    bytes.fill(0, sumsAt, sumsAt + places * 4);
    for (let first = 0; first < evidence.count; first += rowsAtOnce) {
      const end = Math.min(evidence.count, first + rowsAtOnce);
      picks.set(evidence.items.subarray(first, end));
      confidences.set(evidence.confidences.subarray(first, end));
      const wide = isWide ? 1 : 0;
      kernels.addWeights(startsAt, targetsAt, weightsAt, wide, picksAt, confidencesAt, end - first, sumsAt);
    }
  };
}

/** Over all `items`; places behind the last of them are 0. The deviation is 0 where it is no more than rounding. No sum is above `largest`. */
function describe(sum: number, squares: number, items: number) {
  const mean = sum / items;
  const meanSquare = squares / items;
  const variance = meanSquare - mean * mean;
  return { mean, deviation: variance <= 1e-13 * meanSquare ? 0 : Math.sqrt(variance), largest: Math.sqrt(squares) };
}
