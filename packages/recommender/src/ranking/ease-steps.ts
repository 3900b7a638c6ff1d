import { fillGram } from './gram-tiles.ts';
import type { EasePlan } from './item-item-plan.ts';
import { keepColumnsOf } from './kept-columns.ts';
import { tileSide } from './tile-layout.ts';
import { openTiledInverse, type TiledInverse } from './tiled-inverse.ts';
import { createTurns, type Turns } from './turns.ts';

/**
 * What one part does of the training. At each yield it waits until every part is there: what comes then reads what others have written. Who takes
 * which piece changes no bit.
 */
export function* easeSteps(
  plan: EasePlan,
  part: number,
  turns: Turns = createTurns(plan.turns),
): Generator<void, void> {
  const inverse = openTiledInverse(plan, part);
  fillGram(inverse, plan.sides, plan.settings, turns);
  yield;
  yield* inverse.invert(turns);
  turns.take(inverse.tiles, (k) => keepColumns(plan, inverse, k));
}

/** The matrix is −P; by symmetry its rows are the columns that are wanted. */
function keepColumns(plan: EasePlan, inverse: TiledInverse, k: number): void {
  const { places } = plan;
  const width = inverse.tiles * tileSide;
  const rows = readRows(inverse, k);
  keepColumnsOf(plan, { places, k }, (place, column) => {
    const start = (place % tileSide) * width;
    const own = -rows[start + place];
    for (let at = 0; at < places; at += 1) column[at] = rows[start + at] / own;
    column[place] = 0;
  });
}

/** The rows of tiles `k`, each of all columns. */
function readRows({ tiles, numbers, anyTileAt }: TiledInverse, k: number): Float32Array {
  const width = tiles * tileSide;
  const rows = new Float32Array(tileSide * width);
  for (let column = 0; column < tiles; column += 1) {
    let from = anyTileAt(k, column) / 4;
    for (let row = 0; row < tileSide; row += 1) {
      const start = row * width + column * tileSide;
      for (let to = start; to < start + tileSide; to += 1, from += 1) rows[to] = numbers[from];
    }
  }
  return rows;
}
