import { layOutTiles, tileBytes, tileNumbers, tileSide, type TilePlan } from './tile-layout.ts';
import type { TiledInverse } from './tiled-inverse.ts';

/** What stands in the memory behind the inverse, in bytes: it whole and packed, the other factor packed, and of each part a column of the product. */
export function layOutProduct(plan: Pick<TilePlan, 'places' | 'parts'>) {
  const { tiles, end: packedAt } = layOutTiles(plan);
  const rightAt = packedAt + tiles * tiles * tileBytes;
  const columnAt = rightAt + tiles * tiles * tileBytes;
  return { tiles, packedAt, rightAt, columnAt, end: columnAt + plan.parts * tiles * tileBytes };
}

/** A·C for the symmetric A that `inverse` holds: a part takes columns of tiles of the product. */
export interface TiledProduct {
  /** Writes a row of C, to be done before the first column. */
  setRow(place: number, row: Float64Array): void;
  /** Packs row `k` of tiles of A, times `sign`; all rows before the first column. */
  packRow(k: number, sign: number): void;
  /** A column of tiles of the product, one tile after the other; the next one is written over it. */
  column(column: number): Float32Array;
}

export function openTiledProduct(plan: TilePlan, part: number, inverse: TiledInverse): TiledProduct {
  const { tiles, packedAt, rightAt, columnAt } = layOutProduct(plan);
  const { numbers, kernels } = inverse;
  const ownAt = columnAt + part * tiles * tileBytes;
  const own = numbers.subarray(ownAt / 4, ownAt / 4 + tiles * tileNumbers);
  const place = (base: number, k: number, at: number): number => base + (k * tiles + at) * tileBytes;
  return {
    setRow(rowPlace, row) {
      const k = Math.floor(rowPlace / tileSide);
      for (let at = 0; at < row.length; at += 1) {
        const within = at % tileSide;
        // In strips of eight, as `packEights` would.
        const start = place(rightAt, k, (at - within) / tileSide) / 4 + (within >> 3) * 8 * tileSide;
        numbers[start + (rowPlace % tileSide) * 8 + (within & 7)] = row[at];
      }
    },
    packRow(k, sign) {
      for (let row = 0; row < tiles; row += 1)
        kernels.packFours(inverse.anyTileAt(k, row), place(packedAt, k, row), tileSide, sign);
    },
    column(column) {
      own.fill(0);
      for (let k = 0; k < tiles; k += 1)
        for (let row = 0; row < tiles; row += 1)
          kernels.multiplyTile(ownAt + row * tileBytes, place(packedAt, k, row), place(rightAt, k, column), tileSide);
      return own;
    },
  };
}
