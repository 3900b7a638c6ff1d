import { multiplyAdd } from '../kernels/multiply-add.ts';
import type { TileKernels } from './tile-kernels.ts';

/** The kernels written out in TypeScript: equal bits, many times slower. `fused`: a product and its sum are rounded once, as the relaxed build does. */
export function plainTileKernels(memory: WebAssembly.Memory, fused = false): TileKernels {
  const numbers = new Float32Array(memory.buffer);
  const madd = fused ? multiplyAdd : (a: number, b: number, c: number) => Math.fround(Math.fround(a * b) + c);

  const pack = (tileAt: number, toAt: number, side: number, width: number, sign: number): void => {
    let to = toAt / 4;
    for (let column = 0; column < side; column += width) {
      for (let row = 0; row < side; row += 1) {
        for (let at = 0; at < width; at += 1, to += 1)
          numbers[to] = sign * numbers[tileAt / 4 + row * side + column + at];
      }
    }
  };
  return {
    id: 'plain',
    fuses: () => (fused ? 1 : 0),
    packFours: (tileAt, toAt, side, sign) => pack(tileAt, toAt, side, 4, sign),
    packEights: (tileAt, toAt, side) => pack(tileAt, toAt, side, 8, 1),
    transposeTile(tileAt, toAt, side) {
      for (let row = 0; row < side; row += 1)
        for (let column = 0; column < side; column += 1)
          numbers[toAt / 4 + column * side + row] = numbers[tileAt / 4 + row * side + column];
    },
    multiplyTile(tileAt, leftAt, rightAt, side) {
      for (let i = 0; i < side; i += 1) {
        for (let j = 0; j < side; j += 1) {
          const left = leftAt / 4 + (i >> 2) * 4 * side + (i & 3);
          const right = rightAt / 4 + (j >> 3) * 8 * side + (j & 7);
          let sum = 0;
          for (let p = 0; p < side; p += 1) sum = madd(numbers[left + 4 * p], numbers[right + 8 * p], sum);
          const place = tileAt / 4 + i * side + j;
          numbers[place] = numbers[place] + sum;
        }
      }
    },
  };
}
