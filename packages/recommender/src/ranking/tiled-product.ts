import { takeTileMemory } from './tile-memory.ts';
import { tileSide, tilesOf, type TileKernelsOver, type TilePart } from './tiled-inverse.ts';

const tileNumbers = tileSide * tileSide;
const tileBytes = 4 * tileNumbers;

/** A·C for a symmetric A whose rows of tiles come one after the other; a part has its columns of C and of the product. */
export interface TiledProduct {
  /** C, to be filled before the first row: tile (I, J) of an own column stands from `tileStart(I, J)` on. */
  readonly right: Float32Array;
  readonly product: Float32Array;
  tileStart(row: number, column: number): number;
  /** Adds what row `k` of tiles of A, times `sign`, contributes. */
  addRow(k: number, panel: Float32Array, sign: number): void;
}

export function createTiledProduct(part: TilePart, kernelsOver: TileKernelsOver): TiledProduct {
  const tiles = tilesOf(part.places);
  const columns = Math.ceil((tiles - part.part) / part.parts);
  const half = columns * tiles;
  const memory = takeTileMemory((2 * half + tiles + 2) * tileBytes, `${part.places} items`);
  const kernels = kernelsOver(memory);
  const [productAt, leftAt] = [half * tileBytes, 2 * half * tileBytes];
  const scratchAt = leftAt + tiles * tileBytes;
  const packedAt = scratchAt + tileBytes;
  const scratch = new Float32Array(memory.buffer, scratchAt, tileNumbers);
  const tileStart = (row: number, column: number): number =>
    (Math.floor(column / part.parts) * tiles + row) * tileNumbers;

  const addRow = (k: number, panel: Float32Array, sign: number): void => {
    for (let row = 0; row < tiles; row += 1) {
      scratch.set(panel.subarray(row * tileNumbers, (row + 1) * tileNumbers));
      kernels.packFours(scratchAt, leftAt + row * tileBytes, tileSide, sign);
    }
    for (let column = part.part; column < tiles; column += part.parts) {
      kernels.packEights(4 * tileStart(k, column), packedAt, tileSide);
      for (let row = 0; row < tiles; row += 1)
        kernels.multiplyTile(productAt + 4 * tileStart(row, column), leftAt + row * tileBytes, packedAt, tileSide);
    }
  };
  return {
    right: new Float32Array(memory.buffer, 0, half * tileNumbers),
    product: new Float32Array(memory.buffer, productAt, half * tileNumbers),
    tileStart,
    addRow,
  };
}
