import { defaultBuild } from '../kernels/kernels.ts';
import type { Interactions } from '../interactions.ts';
import { fillGram } from './gram-tiles.ts';
import { planEase, type EasePlan, type EaseSettings } from './item-item-plan.ts';
import { collectWeights, type ItemWeights } from './item-weights.ts';
import { keepColumnsOf } from './kept-columns.ts';
import { openTileKernels } from './tile-kernels.ts';
import { createTiledInverse, giveRows, tileSide, type TileKernelsOver } from './tiled-inverse.ts';

/**
 * EASE (Steck 2019): P = (XᵀX + λI)⁻¹, B_ij = −P_ij/P_jj, B_ii = 0, over the most interacted items. A user's scores are x_u·B for any history,
 * so a new watch needs no training. Of each column the largest weights are kept. Throws `DATA_INVALID`, `NUMERIC_FAILURE`.
 */
export function trainEase(interactions: Interactions, settings: EaseSettings): ItemWeights {
  const plan = planEase(interactions, settings);
  const steps = easeSteps(plan, 0);
  while (!steps.next().done);
  return weightsOf(plan);
}

export const weightsOf = ({ items, itemAt, keptRow, keptWeight }: EasePlan): ItemWeights =>
  collectWeights({ items, itemAt, keptRow, keptWeight });

const compiled: TileKernelsOver = (memory) => openTileKernels(memory, defaultBuild);

/** How often the steps of a plan yield. */
export const partSteps = ({ panel }: { readonly panel: Float32Array }): number =>
  (4 * panel.length) / (tileSide * tileSide);

/** One part's share of the training. At each yield it waits until every part is there: a row of tiles is then written, or read, by all. */
export function* easeSteps(
  plan: EasePlan,
  part: number,
  kernelsOver: TileKernelsOver = compiled,
): Generator<void, void> {
  const { itemAt, matrix, panel, parts, settings } = plan;
  const inverse = createTiledInverse({ places: itemAt.length, part, parts }, kernelsOver);
  fillGram(inverse, matrix, settings);
  yield* giveRows(inverse, panel, (k) => inverse.sweep(k, panel));
  yield* giveRows(inverse, panel, (k) => {
    if (k % parts === part) keepColumns(plan, k);
  });
}

/** The row of tiles holds −P; by symmetry its rows are the columns that are wanted. */
function keepColumns(plan: EasePlan, k: number): void {
  const { itemAt, panel } = plan;
  const places = itemAt.length;
  keepColumnsOf(plan, { places, k }, (place, column) => {
    const within = (place % tileSide) * tileSide;
    for (let at = 0; at < places; at += 1)
      column[at] = panel[Math.floor(at / tileSide) * tileSide * tileSide + within + (at % tileSide)];
    const own = -column[place];
    column[place] = 0;
    for (let at = 0; at < places; at += 1) column[at] /= own;
  });
}
