import { RecommenderError } from '../recommender-error.ts';
import { groupsOf, type ChainPlan, type GroupPlan, type SidePlan } from './chain-plan.ts';
import type { RatingKernels } from './rating-kernels.ts';

/** The rows' vectors anew from those of their features, so that what rounding loses does not gather over the sweeps. */
export function composeVectors(kernels: RatingKernels, buffer: ArrayBuffer, { size }: ChainPlan, side: SidePlan): void {
  const own = new Float32Array(buffer, side.own.vectorsAt, side.rows * size);
  new Float32Array(buffer, side.vectorsAt, side.rows * size).set(own);
  for (const { startAt, entriesAt, weightsAt, vectorsAt } of groupsOf(side))
    kernels.addFeatures(side.rows, size, startAt, entriesAt, weightsAt, vectorsAt, side.vectorsAt);
}

/** A and b of every row of a side, against the other side as it is. */
export const accumulate = (kernels: RatingKernels, plan: ChainPlan, side: SidePlan, other: SidePlan): void =>
  kernels.accumulate(
    side.startAt,
    side.otherAt,
    side.valueAt,
    side.rows,
    plan.size,
    side.vectorsAt,
    other.vectorsAt,
    other.trustAt,
    side.squaresAt,
    plan.matricesAt,
    plan.rightsAt,
    plan.workAt,
  );

/** Σ τ·e² over all ratings, from what `accumulate` left of a side. */
export function weighedSquares(buffer: ArrayBuffer, { rows, trustAt, squaresAt }: SidePlan): number {
  const trust = new Float32Array(buffer, trustAt, rows);
  return new Float64Array(buffer, squaresAt, rows).reduce((sum, square, row) => sum + trust[row] ** 2 * square, 0);
}

/** New vectors for all features of a side. Throws `NUMERIC_FAILURE` where a system has no solution. */
export function drawSide(kernels: RatingKernels, plan: ChainPlan, side: SidePlan, alpha: number): void {
  const { size, matricesAt, rightsAt, recordsAt, workAt } = plan;
  const { own, rows, vectorsAt } = side;
  const done = kernels.drawRows(
    rows,
    size,
    matricesAt,
    rightsAt,
    vectorsAt,
    own.vectorsAt,
    own.normalsAt,
    own.precisionAt,
    own.meanAt,
    alpha,
    workAt,
  );
  if (!done) throw new RecommenderError('NUMERIC_FAILURE', `a system of ${own.name} is not positive definite`);
  for (let block = 0; block < size && groupsOf(side).length > 0; block += 4) {
    kernels.loadBlock(rows, size, block, matricesAt, rightsAt, recordsAt);
    for (const group of groupsOf(side)) drawFeatures(kernels, plan, group, block, alpha);
    kernels.storeBlock(rows, size, block, matricesAt, rightsAt, recordsAt, vectorsAt);
  }
}

function drawFeatures(kernels: RatingKernels, plan: ChainPlan, group: GroupPlan, block: number, alpha: number): void {
  const done = kernels.drawBlock(
    group.features,
    group.turnedStartAt,
    group.turnedRowsAt,
    group.weightsAt,
    plan.recordsAt,
    group.vectorsAt + 4 * block,
    group.normalsAt + 4 * block,
    plan.size,
    group.precisionAt + 8 * block,
    group.meanAt + 8 * block,
    alpha,
    plan.workAt,
  );
  if (!done) throw new RecommenderError('NUMERIC_FAILURE', `a system of ${group.name} is not positive definite`);
}
