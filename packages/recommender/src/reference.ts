import { confidenceOf } from './confidence.ts';
import type { WeightedItem } from './fold-in.ts';
import type { ModelArrays } from './model-arrays.ts';
import type { RecommendationRequest } from './model.ts';
import type { Objective } from './objective.ts';
import { fromHalf } from './ranking/half-floats.ts';
import type { ScoredItem } from './top-k.ts';

/**
 * Slow twins, written from the formulas and nothing else, that checks compare the fast code with.
 * They share no code with it but `confidenceOf`, and take for granted that their input is sound (each item once).
 */

/** w = (α₀·HᵀH + Σ c·h·hᵀ + reg·(n + α₀·|I|)^ν·I)⁻¹·Σ c·h, by Gaussian elimination in float64. */
export function foldInReference(
  itemFactors: Float32Array,
  factors: number,
  objective: Objective,
  history: readonly WeightedItem[],
): number[] {
  const items = itemFactors.length / factors;
  const h = (item: number, j: number): number => itemFactors[item * factors + j];
  const ridge = objective.regularisation * (history.length + objective.alpha0 * items) ** objective.nu;
  const rows = Array.from({ length: factors }, (_, i) => {
    const row = Array.from({ length: factors + 1 }, () => 0);
    for (let j = 0; j < factors; j += 1) {
      for (let item = 0; item < items; item += 1) row[j] += objective.alpha0 * h(item, i) * h(item, j);
      for (const { index, confidence } of history) row[j] += confidence * h(index, i) * h(index, j);
      if (i === j) row[j] += ridge;
    }
    for (const { index, confidence } of history) row[factors] += confidence * h(index, i);
    return row;
  });
  return eliminate(rows);
}

/** Solves the augmented system by elimination with row exchange. */
function eliminate(rows: number[][]): number[] {
  const size = rows.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue;
      const ratio = rows[row][column] / rows[column][column];
      for (let j = column; j <= size; j += 1) rows[row][j] -= ratio * rows[column][j];
    }
  }
  return rows.map((row, i) => row[size] / row[i]);
}

/** What `createModel(arrays).recommend(request)` must answer: every score written out, then a full sort. */
export function recommendReference(
  arrays: ModelArrays & { readonly objective: Objective },
  request: RecommendationRequest,
): ScoredItem[] {
  const { catalogueSize, factors, itemFactors, priors, objective, blend } = arrays;
  const history = request.history
    .map((item) => ({ index: item.index, confidence: confidenceOf(item, objective) }))
    .filter(({ confidence }) => confidence > 0);
  const vector = foldInReference(itemFactors, factors, objective, history);
  const indexes = Array.from({ length: catalogueSize }, (_, index) => index);
  const byFactors = zScores(
    indexes.map((i) => vector.reduce((sum, w, j) => sum + w * itemFactors[i * factors + j], 0)),
  );
  const byWeights = blend ? zScores(weightScores(blend.weights, history)) : [];
  // Weights that say nothing leave all to the factors.
  const b = blend && byWeights.some((z) => z !== 0) ? blend.share : 0;
  const personal = byFactors.map((z, i) => (b === 0 ? z : (1 - b) * z + b * byWeights[i]));
  const prior = zScores(indexes.map((i) => priors[request.group * catalogueSize + i]));
  const n = history.length;
  const share = n === 0 ? 0 : n / (n + objective.handOver);
  const seen = request.includeSeen ? [] : [...request.seen, ...request.history.map(({ index }) => index)];
  const out = new Set([...seen, ...(request.exclude ?? [])]);
  return indexes
    .filter((index) => !out.has(index))
    .map((index) => ({ index, score: share * personal[index] + (1 - share) * prior[index] }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, request.count);
}

/** x·B, x being the confidences. */
function weightScores(
  { items, start, target, weight }: NonNullable<ModelArrays['blend']>['weights'],
  history: readonly WeightedItem[],
): number[] {
  const scores = Array.from({ length: items }, () => 0);
  for (const { index, confidence } of history)
    for (let at = start[index]; at < start[index + 1]; at += 1) scores[target[at]] += confidence * fromHalf(weight[at]);
  return scores;
}

function zScores(values: number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (deviation <= 1e-12 * Math.abs(mean) ? 0 : (value - mean) / deviation));
}
