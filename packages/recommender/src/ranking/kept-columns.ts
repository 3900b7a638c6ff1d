import { keepLargest } from './keep-largest.ts';
import { tileSide } from './tile-layout.ts';

/** What the parts of an item-item training write together. */
export interface KeptColumns {
  /** Of each place's column the kept rows and their weights, 0 where there are fewer. */
  readonly keptRow: Int32Array;
  readonly keptWeight: Float32Array;
}

/** In memory that threads see together. */
export function openColumns(places: number, kept: number): KeptColumns {
  const bytes = 4 * places * kept;
  return {
    keptRow: new Int32Array(new SharedArrayBuffer(bytes)),
    keptWeight: new Float32Array(new SharedArrayBuffer(bytes)),
  };
}

/** Keeps the largest weights of the columns of tile `k`, each as `fill` writes it. */
export function keepColumnsOf(
  { keptRow, keptWeight }: KeptColumns,
  { places, k }: { places: number; k: number },
  fill: (place: number, column: Float32Array) => void,
): void {
  const kept = keptRow.length / places;
  const column = new Float32Array(places);
  for (let place = k * tileSide; place < Math.min(places, (k + 1) * tileSide); place += 1) {
    fill(place, column);
    const range = [place * kept, (place + 1) * kept] as const;
    keepLargest(column, keptRow.subarray(...range), keptWeight.subarray(...range));
  }
}
