import type { Interactions } from '../interactions.ts';
import { tileSide } from './tile-layout.ts';
import type { TiledInverse } from './tiled-inverse.ts';
import type { Turns } from './turns.ts';

/** How the diagonal grows: as if a share of each history were hidden, then by the ridge. */
export interface Diagonal {
  readonly ridge: number;
  readonly dropout: number;
}

export interface GramSettings extends Diagonal {
  readonly userDamping: number;
}

/** Interactions from both sides. */
export interface BothSides {
  readonly byUser: Interactions;
  readonly byItem: Interactions;
}

/** Rows that are taken at once: the first ones, of the most interacted items, have most to sum. */
const rowsAtOnce = 16;

/** Fills the upper tiles with a matrix, row after row; places beyond the items become 1 on the diagonal. Each part takes its rows in ascending order. */
export function fillTiles(target: TiledInverse, items: number, turns: Turns, fillRow: (place: number) => void): void {
  const places = target.tiles * tileSide;
  turns.take(places / rowsAtOnce, (piece) => {
    for (let place = piece * rowsAtOnce; place < (piece + 1) * rowsAtOnce; place += 1) {
      if (place < items) fillRow(place);
      else target.numbers[diagonalPlace(target, place)] = 1;
    }
  });
}

/** Σ_u n_u^−damping·x_u·x_uᵀ with the ridge on its diagonal. */
export function fillGram(target: TiledInverse, sides: BothSides, settings: GramSettings, turns: Turns): void {
  const sum = createRowSum(target, sides, settings.userDamping);
  fillTiles(target, sides.byUser.items, turns, (place) => storeRow(target, place, sum(place), settings));
}

/**
 * Sums rows of the Gram matrix, ascending, from the diagonal on: a row stays in the first cache, which a sum over users, each with items all over
 * the matrix, would not.
 */
function createRowSum(
  target: TiledInverse,
  { byUser, byItem }: BothSides,
  damping: number,
): (place: number) => Float64Array {
  const { userStart, item, confidence } = byUser;
  // Where a user's items from the current row on begin: rows come in ascending order, so it only moves forward.
  const next = userStart.slice();
  const row = new Float64Array(target.tiles * tileSide);
  return (place) => {
    row.fill(0);
    for (let at = byItem.userStart[place]; at < byItem.userStart[place + 1]; at += 1) {
      const user = byItem.item[at];
      const n = userStart[user + 1] - userStart[user];
      const value = byItem.confidence[at] * (damping === 0 ? 1 : n ** -damping);
      const end = userStart[user + 1];
      let own = next[user];
      while (own < end && item[own] < place) own += 1;
      next[user] = own;
      for (; own < end; own += 1) row[item[own]] += value * confidence[own];
    }
    return row;
  };
}

/** A row of the matrix, from its diagonal on; in the diagonal tile also what stands below it. */
export function storeRow(target: TiledInverse, place: number, row: Float64Array, diagonal: Diagonal): void {
  const { numbers, tileStart } = target;
  const tile = Math.floor(place / tileSide);
  const within = place % tileSide;
  for (let from = place; from < row.length;) {
    const column = Math.floor(from / tileSide);
    const end = Math.min(row.length, (column + 1) * tileSide);
    let to = tileStart(tile, column) + within * tileSide + (from % tileSide);
    for (; from < end; from += 1, to += 1) numbers[to] = row[from];
  }
  const start = tileStart(tile, tile);
  for (let at = within + 1; at < tileSide; at += 1)
    numbers[start + at * tileSide + within] = numbers[start + within * tileSide + at];
  const at = diagonalPlace(target, place);
  numbers[at] = numbers[at] / (1 - diagonal.dropout) + diagonal.ridge;
}

const diagonalPlace = ({ tileStart }: TiledInverse, place: number): number =>
  tileStart(Math.floor(place / tileSide), Math.floor(place / tileSide)) + (place % tileSide) * (tileSide + 1);
