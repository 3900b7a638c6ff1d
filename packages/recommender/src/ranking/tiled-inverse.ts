import { defaultBuild } from '../kernels/kernels.ts';
import { RecommenderError } from '../recommender-error.ts';
import { invertSmall } from './invert-small.ts';
import { openTileKernels, type TileKernels } from './tile-kernels.ts';
import { layOutTiles, tileAt, tileBytes, tileNumbers, tileSide, type TilePlan } from './tile-layout.ts';
import type { Turns } from './turns.ts';

/** A part of those that invert a symmetric matrix in tiles, of which the upper half is kept. */
export interface TiledInverse {
  readonly tiles: number;
  /** All numbers; those of tile (I, J), I ≤ J, stand from `tileStart(I, J)` on, row after row. */
  readonly numbers: Float32Array;
  readonly kernels: TileKernels;
  tileStart(row: number, column: number): number;
  /** Then the matrix is −A⁻¹. At each yield all parts have to meet. */
  invert(turns: Turns): Generator<void, void>;
  /** Where tile (I, J) stands as it is, in bytes: the other half is written, by symmetry, to a place of this part's own. */
  anyTileAt(row: number, column: number): number;
}

/** How many phases `invert` has. */
export const inversePhases = (tiles: number): number => 1 + 2 * tiles;
/** Products of tiles that `invert` tells, about all of them. */
export const inverseProducts = (tiles: number): number => (tiles * (tiles - 1) ** 2) / 2;

/**
 * The inverse of a symmetric positive definite matrix by block sweeps (the sweep operator, Goodnight 1979; in blocks, Gauss and Jordan's method
 * on the upper half alone): n³/2 products, all in one kernel. A tile is computed by one part, in one order, so the number of parts changes no bit.
 * Without pivoting, which positive definite matrices do not need (Peters and Wilkinson 1975).
 */
export function openTiledInverse(plan: TilePlan, part: number): TiledInverse {
  const { tiles, leftAt, rightAt, inverseAt, scratchAt } = layOutTiles(plan);
  const ownAt = scratchAt + part * tileBytes;
  const kernels = openTileKernels(plan.memory, defaultBuild);
  const numbers = new Float32Array(plan.memory.buffer);
  const numbersAt = (at: number): Float32Array => numbers.subarray(at / 4, at / 4 + tileNumbers);

  const anyTileAt = (row: number, column: number): number => {
    if (row <= column) return tileAt(row, column);
    kernels.transposeTile(tileAt(column, row), ownAt, tileSide);
    return ownAt;
  };
  /** A diagonal tile becomes −D, D being its inverse, which is packed for the row's products. */
  const invertDiagonal = (k: number): void => {
    const inverse = invertSmall(numbersAt(tileAt(k, k)), tileSide);
    if (inverse === undefined)
      throw new RecommenderError('NUMERIC_FAILURE', `rows from ${k * tileSide} on are not positive definite`);
    numbersAt(tileAt(k, k)).set(inverse.map((value) => -value));
    kernels.packFours(tileAt(k, k), inverseAt, tileSide, -1);
  };
  /** A tile W of the row becomes D·W. Packed for the products of the others: −W as left, D·W as right. */
  const sweepRow = (k: number, column: number): void => {
    if (column === k) return;
    const [left, right] = [leftAt + column * tileBytes, rightAt + column * tileBytes];
    const at = anyTileAt(k, column);
    kernels.packFours(at, left, tileSide, -1);
    kernels.packEights(at, right, tileSide);
    numbersAt(at).fill(0);
    kernels.multiplyTile(at, inverseAt, right, tileSide);
    kernels.packEights(at, right, tileSide);
    if (column < k) kernels.transposeTile(at, tileAt(column, k), tileSide);
  };
  const addProduct = (row: number, column: number): void =>
    kernels.multiplyTile(tileAt(row, column), leftAt + row * tileBytes, rightAt + column * tileBytes, tileSide);
  const sweepColumn = (k: number, column: number, turns: Turns): void => {
    if (column === k) return;
    for (let row = 0; row <= column; row += 1)
      if (row !== k && (row !== k + 1 || column !== k + 1)) addProduct(row, column);
    turns.add(column);
  };
  /** The next diagonal tile comes first: its inverse is ready when the others are, so that nobody waits for it. */
  const sweepNext = (k: number): void => {
    if (k + 1 === tiles) return;
    addProduct(k + 1, k + 1);
    invertDiagonal(k + 1);
  };

  function* invert(turns: Turns): Generator<void, void> {
    turns.take(1, () => invertDiagonal(0));
    yield;
    for (let k = 0; k < tiles; k += 1) {
      turns.take(tiles, (column) => sweepRow(k, column));
      yield;
      // The longest columns first, so that all parts end at about the same time.
      turns.take(1 + tiles, (piece) => (piece === 0 ? sweepNext(k) : sweepColumn(k, tiles - piece, turns)));
      yield;
    }
  }
  return { tiles, numbers, kernels, tileStart: (row, column) => tileAt(row, column) / 4, invert, anyTileAt };
}
