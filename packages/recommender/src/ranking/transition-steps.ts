import { fillTiles, storeRow } from './gram-tiles.ts';
import { keepColumnsOf } from './kept-columns.ts';
import { createTransitionRows } from './sum-transitions.ts';
import { tileSide } from './tile-layout.ts';
import { openTiledInverse, type TiledInverse } from './tiled-inverse.ts';
import { openTiledProduct, type TiledProduct } from './tiled-product.ts';
import type { TransitionPlan } from './transition-plan.ts';
import { createTurns, type Turns } from './turns.ts';

/** What one part does, as `easeSteps`. */
export function* transitionSteps(
  plan: TransitionPlan,
  part: number,
  turns: Turns = createTurns(plan.turns),
): Generator<void, void> {
  const inverse = openTiledInverse(plan, part);
  const product = openTiledProduct(plan, part, inverse);
  fill(plan, inverse, product, turns);
  yield;
  yield* inverse.invert(turns);
  // The inverse has its sign turned.
  turns.take(inverse.tiles, (k) => product.packRow(k, -1));
  yield;
  turns.take(inverse.tiles, (k) => {
    keepColumns(plan, product, k);
    turns.add(inverse.tiles ** 2);
  });
}

function fill(plan: TransitionPlan, inverse: TiledInverse, product: TiledProduct, turns: Turns): void {
  const { places, sequences, settings } = plan;
  const rowOf = createTransitionRows(sequences, settings.halfLife);
  fillTiles(inverse, places, turns, (place) => {
    const { together, after } = rowOf(place);
    storeRow(inverse, place, together, settings);
    product.setRow(place, after);
  });
}

function keepColumns(plan: TransitionPlan, product: TiledProduct, k: number): void {
  const { places } = plan;
  const tilesOfColumn = product.column(k);
  keepColumnsOf(plan, { places, k }, (place, column) => {
    for (let at = 0; at < places; at += 1) column[at] = tilesOfColumn[at * tileSide + (place % tileSide)];
  });
}
