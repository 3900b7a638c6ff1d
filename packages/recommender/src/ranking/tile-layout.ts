/** Numbers of a tile's side: two tiles and a strip of the third stay in the second cache. */
export const tileSide = 128;
export const tileNumbers = tileSide * tileSide;
export const tileBytes = 4 * tileNumbers;

export const tilesOf = (places: number): number => Math.ceil(places / tileSide);

/** What the parts of a training share, as far as tiles go. */
export interface TilePlan {
  readonly places: number;
  readonly parts: number;
  readonly memory: WebAssembly.Memory;
}

/**
 * Where the tiles of a symmetric matrix stand, in bytes: the upper half column after column, then what a sweep has packed for all parts, then one tile
 * for each part.
 */
export function layOutTiles({ places, parts }: { readonly places: number; readonly parts: number }) {
  const tiles = tilesOf(places);
  const leftAt = ((tiles * (tiles + 1)) / 2) * tileBytes;
  const rightAt = leftAt + tiles * tileBytes;
  const inverseAt = rightAt + tiles * tileBytes;
  const scratchAt = inverseAt + tileBytes;
  return { tiles, leftAt, rightAt, inverseAt, scratchAt, end: scratchAt + parts * tileBytes };
}

/** Of an upper tile, `row` ≤ `column`. */
export const tileAt = (row: number, column: number): number => ((column * (column + 1)) / 2 + row) * tileBytes;
