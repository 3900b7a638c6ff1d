import { RecommenderError } from '../recommender-error.ts';
import { invertSmall } from './invert-small.ts';
import { takeTileMemory } from './tile-memory.ts';
import type { TileKernels } from './tile-kernels.ts';

/** Numbers of a tile's side: two tiles and a strip of the third stay in the second cache. */
export const tileSide = 128;
const tileNumbers = tileSide * tileSide;
const tileBytes = 4 * tileNumbers;

export const tilesOf = (places: number): number => Math.ceil(places / tileSide);
/** Numbers of one row of tiles, as `giveRow` writes it. */
export const panelNumbers = (places: number): number => tilesOf(places) * tileNumbers;

/** A part owns each `parts`-th column of tiles: about as many tiles as any other. */
export interface TilePart {
  readonly places: number;
  readonly part: number;
  readonly parts: number;
}

export type TileKernelsOver = (memory: WebAssembly.Memory) => TileKernels;

/** A symmetric matrix in tiles, upper half, of which this part holds its columns. */
export interface TiledInverse {
  readonly tiles: number;
  owns(column: number): boolean;
  /** All numbers of this part; those of tile (I, J) of an own column J, I ≤ J, stand from `tileStart(I, J)` on, row after row. */
  readonly numbers: Float32Array;
  tileStart(row: number, column: number): number;
  /** Writes this part's share of row `k` of tiles, with what stands left of the diagonal by symmetry. */
  giveRow(k: number, panel: Float32Array): void;
  /** Sweeps the rows of `k`, whose tiles stand in `panel`. After every `k` once, in any order, the matrix is −A⁻¹. */
  sweep(k: number, panel: Float32Array): void;
}

/** Bytes of WebAssembly memory of the first part, which has the most. */
export function tiledInverseBytes({ places, parts }: { places: number; parts: number }): number {
  return (ownTiles({ places, part: (tilesOf(places) - 1) % parts, parts }) + tilesOf(places) + 4) * tileBytes;
}

/**
 * The inverse of a symmetric positive definite matrix by block sweeps (the sweep operator, Goodnight 1979; in blocks, Gauss and Jordan's method
 * on the upper half alone): n³/2 products, all in one kernel. A tile is computed by its owner, in one order, so the number of parts changes no bit.
 * Without pivoting, which positive definite matrices do not need (Peters and Wilkinson 1975).
 */
export function createTiledInverse(part: TilePart, kernelsOver: TileKernelsOver): TiledInverse {
  const tiles = tilesOf(part.places);
  const own = ownTiles(part);
  const memory = takeTileMemory(
    (own + tiles + 4) * tileBytes,
    `${part.places} items, part ${part.part + 1} of ${part.parts}`,
  );
  const kernels = kernelsOver(memory);
  const numbers = new Float32Array(memory.buffer, 0, own * tileNumbers);
  const leftAt = own * tileBytes;
  const [scratchAt, inverseAt, rightAt, productAt] = [0, 1, 2, 3].map((at) => leftAt + (tiles + at) * tileBytes);
  const scratch = new Float32Array(memory.buffer, scratchAt, tileNumbers);
  const product = new Float32Array(memory.buffer, productAt, tileNumbers);
  const bases = columnBases(part);
  const owns = (column: number): boolean => column % part.parts === part.part;
  const tileStart = (row: number, column: number): number => (bases[column] + row) * tileNumbers;
  const tile = (row: number, column: number): Float32Array =>
    numbers.subarray(tileStart(row, column), tileStart(row, column) + tileNumbers);
  const inPanel = (panel: Float32Array, column: number): Float32Array =>
    panel.subarray(column * tileNumbers, (column + 1) * tileNumbers);

  const giveRow = (k: number, panel: Float32Array): void => {
    for (let column = 0; column < tiles; column += 1) {
      if (column >= k && owns(column)) inPanel(panel, column).set(tile(k, column));
      if (column < k && owns(k)) transposeTile(tile(column, k), inPanel(panel, column));
    }
  };
  /** D·W of one tile of the panel, where D is the inverse of the diagonal tile; packed for its use at `rightAt` when `pack`. */
  const multiplyByInverse = (panel: Float32Array, column: number): void => {
    scratch.set(inPanel(panel, column));
    kernels.packEights(scratchAt, rightAt, tileSide);
    product.fill(0);
    kernels.multiplyTile(productAt, inverseAt, rightAt, tileSide);
  };
  const sweep = (k: number, panel: Float32Array): void => {
    const inverse = invertSmall(inPanel(panel, k), tileSide);
    if (inverse === undefined)
      throw new RecommenderError('NUMERIC_FAILURE', `rows from ${k * tileSide} on are not positive definite`);
    scratch.set(inverse);
    kernels.packFours(scratchAt, inverseAt, tileSide, 1);
    for (let row = 0; row < tiles; row += 1) {
      scratch.set(inPanel(panel, row));
      kernels.packFours(scratchAt, leftAt + row * tileBytes, tileSide, -1);
    }
    for (let column = 0; column < tiles; column += 1) {
      if (!owns(column) || column === k) continue;
      multiplyByInverse(panel, column);
      kernels.packEights(productAt, rightAt, tileSide);
      for (let row = 0; row <= column; row += 1)
        if (row !== k) kernels.multiplyTile(4 * tileStart(row, column), leftAt + row * tileBytes, rightAt, tileSide);
      if (column > k) tile(k, column).set(product);
    }
    if (!owns(k)) return;
    for (let row = 0; row < k; row += 1) {
      multiplyByInverse(panel, row);
      transposeTile(product, tile(row, k));
    }
    const diagonal = tile(k, k);
    for (let at = 0; at < tileNumbers; at += 1) diagonal[at] = -inverse[at];
  };
  return { tiles, owns, numbers, tileStart, giveRow, sweep };
}

/** Each row of tiles in turn: written by all parts, then used by all. At each yield a part waits for the others. */
export function* giveRows(
  { tiles, giveRow }: Pick<TiledInverse, 'tiles' | 'giveRow'>,
  panel: Float32Array,
  use: (k: number) => void,
): Generator<void, void> {
  for (let k = 0; k < tiles; k += 1) {
    giveRow(k, panel);
    yield;
    use(k);
    yield;
  }
}

function transposeTile(from: Float32Array, to: Float32Array): void {
  for (let row = 0; row < tileSide; row += 1)
    for (let column = 0; column < tileSide; column += 1) to[column * tileSide + row] = from[row * tileSide + column];
}

function ownTiles({ places, part, parts }: TilePart): number {
  let count = 0;
  for (let column = part; column < tilesOf(places); column += parts) count += column + 1;
  return count;
}

/** In tiles: where an own column's tiles begin. */
function columnBases({ places, part, parts }: TilePart): Int32Array {
  const bases = new Int32Array(tilesOf(places)).fill(-1);
  let next = 0;
  for (let column = part; column < bases.length; column += parts) {
    bases[column] = next;
    next += column + 1;
  }
  return bases;
}
