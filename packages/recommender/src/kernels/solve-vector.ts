import { createEvidenceCollector, type EvidenceRows } from '../collect-evidence.ts';
import type { HistoryItem } from '../model.ts';
import { ridgeOf, type Objective } from '../objective.ts';
import { RecommenderError } from '../recommender-error.ts';
import { rowsAtOnce } from './memory-plan.ts';
import type { PackedModel } from './pack-model.ts';

/**
 * Folds a history in: w of (α₀·HᵀH + Σ c·h·hᵀ + ridge·I)·w = Σ c·h stands at `solvedAt`; zeros for an empty history. Returns what was folded in, until the
 * next call.
 */
export function createVectorSolver({ memory, plan, kernels }: PackedModel, items: number, objective: Objective) {
  const collect = createEvidenceCollector(items, objective);
  const { size, gramianAt, matrixAt, inverseAt, rightAt, solvedAt, picksAt, confidencesAt, rowsAt, weightedAt } = plan;
  const matrix = new Float64Array(memory.buffer, matrixAt, size * size);
  const right = new Float64Array(memory.buffer, rightAt, size);
  const picks = new Uint32Array(memory.buffer, picksAt, rowsAtOnce);
  const confidences = new Float32Array(memory.buffer, confidencesAt, rowsAtOnce);
  const solved = new Float64Array(memory.buffer, solvedAt, size);

  /** Adds `count` picked rows to what stands at `from`. */
  const add = (from: number, count: number): void => {
    const { itemsAt, factors } = plan;
    kernels.gatherFours(itemsAt, factors, size, picksAt, confidencesAt, count, rowsAt, weightedAt, rightAt);
    kernels.accumulateRows(from, matrixAt, rowsAt, weightedAt, count, size);
  };

  return (history: readonly HistoryItem[]): EvidenceRows => {
    const evidence = collect(history);
    const n = evidence.count;
    if (n === 0) {
      solved.fill(0);
      return evidence;
    }
    right.fill(0);
    for (let first = 0; first < n; first += rowsAtOnce) {
      const end = Math.min(n, first + rowsAtOnce);
      picks.set(evidence.items.subarray(first, end));
      confidences.set(evidence.confidences.subarray(first, end));
      add(first === 0 ? gramianAt : matrixAt, end - first);
    }
    const ridge = ridgeOf(objective, n, items);
    for (let j = 0; j < matrix.length; j += size + 1) matrix[j] += ridge;
    if (!kernels.factorise(matrixAt, inverseAt, size))
      throw new RecommenderError('NUMERIC_FAILURE', `the system of ${n} items is not positive definite`);
    kernels.solve(matrixAt, inverseAt, rightAt, solvedAt, size);
    return evidence;
  };
}
