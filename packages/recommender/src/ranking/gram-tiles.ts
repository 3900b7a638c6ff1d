import { transpose, type Interactions } from '../interactions.ts';
import { tileSide, type TiledInverse } from './tiled-inverse.ts';

export interface GramSettings {
  readonly ridge: number;
  readonly dropout: number;
  readonly userDamping: number;
}

/** Σ_u n_u^−damping·x_u·x_uᵀ with the ridge on its diagonal into the part's tiles; places beyond the items become 1 on the diagonal. */
export function fillGram(target: TiledInverse, matrix: Interactions, settings: GramSettings): void {
  const sum = createRowSum(target, matrix, settings.userDamping);
  for (let place = 0; place < matrix.items; place += 1) storeRow(target, place, sum(place));
  regularise(target, matrix.items, settings);
  mirrorDiagonal(target);
}

/**
 * Sums row after row of the Gram matrix, ascending, from the diagonal on, of own columns alone: a row stays in the first cache, which a sum over
 * users, each with items all over the matrix, would not.
 */
function createRowSum(target: TiledInverse, matrix: Interactions, damping: number): (place: number) => Float64Array {
  const { userStart, item, confidence } = ownColumns(matrix, target);
  const byItem = transpose(matrix);
  // Where a user's items from the current row on begin: rows come in ascending order, so it only moves forward.
  const next = userStart.slice();
  const row = new Float64Array(target.tiles * tileSide);
  return (place) => {
    row.fill(0);
    for (let at = byItem.userStart[place]; at < byItem.userStart[place + 1]; at += 1) {
      const user = byItem.item[at];
      const n = matrix.userStart[user + 1] - matrix.userStart[user];
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

function ownColumns(matrix: Interactions, target: TiledInverse): Interactions {
  const { users, userStart, item, confidence } = matrix;
  const kept = new Int32Array(item.length);
  const start = new Int32Array(users + 1);
  let count = 0;
  for (let user = 0; user < users; user += 1) {
    for (let at = userStart[user]; at < userStart[user + 1]; at += 1)
      if (target.owns(Math.floor(item[at] / tileSide))) kept[count++] = at;
    start[user + 1] = count;
  }
  const places = kept.subarray(0, count);
  return {
    ...matrix,
    userStart: start,
    item: places.map((at) => item[at]),
    confidence: Float32Array.from(places, (at) => confidence[at]),
  };
}

/** A row of the matrix, from its diagonal tile on, into the own columns. */
export function storeRow(target: TiledInverse, place: number, row: Float64Array): void {
  const tile = Math.floor(place / tileSide);
  for (let column = tile; column < target.tiles; column += 1) {
    if (!target.owns(column)) continue;
    const start = target.tileStart(tile, column) + (place % tileSide) * tileSide;
    target.numbers.set(row.subarray(column * tileSide, (column + 1) * tileSide), start);
  }
}

/** The ridge on the diagonal, which grows as if a share of each history were hidden; 1 beyond the items. */
export function regularise(
  target: TiledInverse,
  items: number,
  { ridge, dropout }: { readonly ridge: number; readonly dropout: number },
): void {
  for (let place = 0; place < target.tiles * tileSide; place += 1) {
    const tile = Math.floor(place / tileSide);
    if (!target.owns(tile)) continue;
    const at = target.tileStart(tile, tile) + (place % tileSide) * (tileSide + 1);
    target.numbers[at] = place < items ? target.numbers[at] / (1 - dropout) + ridge : 1;
  }
}

/** What stands below the diagonal in the diagonal tiles. */
export function mirrorDiagonal({ tiles, owns, numbers, tileStart }: TiledInverse): void {
  for (let tile = 0; tile < tiles; tile += 1) {
    if (!owns(tile)) continue;
    const start = tileStart(tile, tile);
    for (let i = 0; i < tileSide; i += 1)
      for (let j = 0; j < i; j += 1) numbers[start + i * tileSide + j] = numbers[start + j * tileSide + i];
  }
}
