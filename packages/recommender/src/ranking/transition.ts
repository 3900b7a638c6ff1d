import { defaultBuild } from '../kernels/kernels.ts';
import { regularise, mirrorDiagonal, storeRow } from './gram-tiles.ts';
import { collectWeights, type ItemWeights } from './item-weights.ts';
import { keepColumnsOf } from './kept-columns.ts';
import type { Sequences } from './sequences.ts';
import { createTransitionRows } from './sum-transitions.ts';
import { openTileKernels } from './tile-kernels.ts';
import { createTiledInverse, giveRows, tileSide, type TiledInverse, type TileKernelsOver } from './tiled-inverse.ts';
import { createTiledProduct, type TiledProduct } from './tiled-product.ts';
import { planTransition, type TransitionPlan, type TransitionSettings } from './transition-plan.ts';

/**
 * What comes next after what was watched last: ridge regression of the next item on the history with weights γ^age, in closed form, after SLIT
 * (Choe and others 2021). With G = Σ γ^|distance| over pairs of a user and C = Σ γ^(distance − 1) over pairs where j came after i:
 * B = (G + λI)⁻¹·C. Throws `DATA_INVALID`, `NUMERIC_FAILURE`.
 */
export function trainTransition(sequences: Sequences, settings: TransitionSettings): ItemWeights {
  const plan = planTransition(sequences, settings);
  const steps = transitionSteps(plan, 0);
  while (!steps.next().done);
  return collectTransitions(plan);
}

export const collectTransitions = (plan: TransitionPlan): ItemWeights => collectWeights(plan);

const compiled: TileKernelsOver = (memory) => openTileKernels(memory, defaultBuild);

/** One part's share, as `easeSteps`. */
export function* transitionSteps(
  plan: TransitionPlan,
  part: number,
  kernelsOver: TileKernelsOver = compiled,
): Generator<void, void> {
  const { itemAt, panel, parts } = plan;
  const tilePart = { places: itemAt.length, part, parts };
  const inverse = createTiledInverse(tilePart, kernelsOver);
  const product = createTiledProduct(tilePart, kernelsOver);
  fill(plan, inverse, product);
  yield* giveRows(inverse, panel, (k) => inverse.sweep(k, panel));
  // The panel holds −G⁻¹ by now.
  yield* giveRows(inverse, panel, (k) => product.addRow(k, panel, -1));
  for (let column = part; column < inverse.tiles; column += parts) keepColumns(plan, product, column);
}

function fill({ sequences, settings }: TransitionPlan, inverse: TiledInverse, product: TiledProduct): void {
  const rowOf = createTransitionRows(sequences, settings.halfLife);
  for (let place = 0; place < sequences.items; place += 1) {
    const { together, after } = rowOf(place);
    storeRow(inverse, place, together);
    for (let column = 0; column < inverse.tiles; column += 1) {
      if (!inverse.owns(column)) continue;
      const start = product.tileStart(Math.floor(place / tileSide), column) + (place % tileSide) * tileSide;
      product.right.set(after.subarray(column * tileSide, (column + 1) * tileSide), start);
    }
  }
  regularise(inverse, sequences.items, settings);
  mirrorDiagonal(inverse);
}

function keepColumns(plan: TransitionPlan, { product, tileStart }: TiledProduct, k: number): void {
  const places = plan.itemAt.length;
  keepColumnsOf(plan, { places, k }, (place, column) => {
    for (let at = 0; at < places; at += 1)
      column[at] = product[tileStart(Math.floor(at / tileSide), k) + (at % tileSide) * tileSide + (place % tileSide)];
  });
}
