import { createEvidenceCollector, type EvidenceRows } from '../collect-evidence.ts';
import { firstFactorAt, type PackedModel } from '../kernels/pack-model.ts';
import type { HistoryItem } from '../model.ts';
import { personalShare, ridgeOf, type Objective } from '../objective.ts';
import { assertIndex } from '../recommender-error.ts';
import { invertSmall } from './invert-small.ts';
import type { WeightsBlend } from './own-priors.ts';
import { halfValues } from './packed-weights.ts';
import type { Reason } from './reasons.ts';

export interface ListExplainer {
  /** The factors of an item, as the model scores with them. Throws `REQUEST_INVALID`. */
  factorsOf(index: number): Float32Array;
  /**
   * What each item of a history adds to the score of each of some items, in the order of the catalogue. A user's scores are these sums, the same shift for all
   * items, and the prior's part. About a millisecond at 64 factors. Throws `REQUEST_INVALID`.
   */
  contributions(history: readonly HistoryItem[], items: readonly number[]): Reason[][];
}

interface ExplainerSettings {
  readonly items: number;
  readonly objective: Objective;
  readonly blend?: WeightsBlend;
}

/**
 * Of factors (Hu, Koren and Volinsky 2008, section 5) c_j·q_iᵀ·A⁻¹·q_j over the deviation of H·w, with A = α₀·HᵀH + Σ c·h·hᵀ + ridge·I; of item weights
 * c_j·B_ji over that of x·B; both as they are blended, times n/(n + k). Float64, and nothing of the scoring's scratch memory is touched.
 */
export function createListExplainer(
  { memory, plan }: PackedModel,
  { items, objective, blend }: ExplainerSettings,
): ListExplainer {
  const { factors, size } = plan;
  const collect = createEvidenceCollector(items, objective);
  const packed = new Float32Array(memory.buffer, plan.itemsAt, plan.places * factors);
  const gramian = new Float64Array(memory.buffer, plan.gramianAt, size * size);
  const spread = new Float64Array(memory.buffer, plan.spreadAt, size * size);

  const factorsOf = (index: number): Float32Array => {
    assertIndex(index, items, 'item', 'REQUEST_INVALID');
    const first = firstFactorAt(index, factors);
    return Float32Array.from({ length: factors }, (_, j) => packed[first + 4 * j]);
  };
  /** c·A⁻¹·q of each item of the history, divided by the deviation of their sum's scores. */
  const factorShares = (evidence: EvidenceRows): Float64Array[] => {
    const rows = Array.from({ length: evidence.count }, (_, row) => factorsOf(evidence.items[row]));
    const system = new Float64Array(factors * factors);
    for (let i = 0; i < factors; i += 1)
      for (let j = 0; j < factors; j += 1)
        system[i * factors + j] = gramian[Math.min(i, j) * size + Math.max(i, j)] + (i === j ? ridgeOf(objective, evidence.count, items) : 0); // prettier-ignore
    for (const [at, row] of rows.entries())
      for (let i = 0; i < factors; i += 1)
        for (let j = 0; j < factors; j += 1) system[i * factors + j] += evidence.confidences[at] * row[i] * row[j];
    // The ridge is positive, so there is an inverse; where numbers overflow nothing is explained.
    const inverse = invertSmall(system, factors) ?? new Float64Array(factors * factors);
    const shares = rows.map((row, at) => multiply(inverse, row, evidence.confidences[at]));
    const vector = Float64Array.from({ length: factors }, (_, j) => shares.reduce((sum, share) => sum + share[j], 0));
    const variance = vector.reduce(
      (sum, value, i) => sum + value * dot(vector, spread.subarray(i * size, i * size + factors)),
      0,
    );
    const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
    return shares.map((share) => share.map((value) => scale * value));
  };

  const contributions = (history: readonly HistoryItem[], wanted: readonly number[]): Reason[][] => {
    const evidence = collect(history);
    const share = personalShare(evidence.count, objective);
    const weigh = blend && weightParts(blend, evidence);
    const ofWeights = weigh ? blend.share : 0;
    const parts = factorShares(evidence);
    return wanted.map((item) => {
      const row = factorsOf(item);
      return parts.map((part, at) => ({
        index: evidence.items[at],
        contribution: share * ((1 - ofWeights) * dot(part, row) + (weigh ? ofWeights * weigh(at, item) : 0)),
      }));
    });
  };
  return { factorsOf, contributions };
}

/** What a row of the history adds to an item's z(x·B); undefined where x·B does not tell items apart. */
function weightParts({ weights }: WeightsBlend, { count, items, confidences }: EvidenceRows) {
  const values = halfValues();
  const sums = new Float64Array(weights.items);
  const each = (row: number, visit: (item: number, value: number) => void): void => {
    for (let at = weights.start[items[row]]; at < weights.start[items[row] + 1]; at += 1)
      visit(weights.target[at], confidences[row] * values[weights.weight[at]]);
  };
  for (let row = 0; row < count; row += 1) each(row, (item, value) => void (sums[item] += value));
  const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length;
  const variance = sums.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sums.length;
  if (variance === 0) return undefined;
  const scale = 1 / Math.sqrt(variance);
  return (row: number, wanted: number): number => {
    let part = 0;
    each(row, (item, value) => void (part += item === wanted ? value : 0));
    return scale * part;
  };
}

const multiply = (matrix: Float64Array, vector: Float32Array, scale: number): Float64Array =>
  Float64Array.from(vector, (_, i) => scale * dot(matrix.subarray(i * vector.length, (i + 1) * vector.length), vector));

function dot(a: Float64Array, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += a[at] * b[at];
  return sum;
}
