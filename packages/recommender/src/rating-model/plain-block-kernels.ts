import type { RatingKernels } from './rating-kernels.ts';

const { fround } = Math;

/** Numbers of a row's record: 16 of A, four of b, four of what was added to the vector. */
const record = 24;

/** The twins of what draws features in blocks of four numbers, see `plainRatingKernels`. */
export function plainBlockKernels(buffer: ArrayBuffer): Pick<RatingKernels, 'loadBlock' | 'drawBlock' | 'storeBlock'> {
  const f64 = new Float64Array(buffer);
  const f32 = new Float32Array(buffer);
  const u32 = new Uint32Array(buffer);
  return {
    loadBlock(rows, size, block, matricesAt, rightsAt, recordsAt) {
      for (let row = 0; row < rows; row += 1) {
        const to = recordsAt / 4 + row * record;
        for (let k = 0; k < 16; k += 1)
          f32[to + k] = f32[matricesAt / 4 + (row * size + block + (k >> 2)) * size + block + (k & 3)];
        for (let k = 0; k < 4; k += 1) f32[to + 16 + k] = f32[rightsAt / 4 + row * size + block + k];
        f32.fill(0, to + 20, to + 24);
      }
    },

    storeBlock(rows, size, block, matricesAt, rightsAt, recordsAt, ownAt) {
      for (let row = 0; row < rows; row += 1) {
        const from = recordsAt / 4 + row * record;
        const right = rightsAt / 4 + row * size;
        for (let j = 0; j < size; j += 1) {
          let sum = f32[right + j];
          for (let k = 0; k < 4; k += 1)
            sum = fround(sum - fround(f32[from + 20 + k] * f32[matricesAt / 4 + (row * size + block + k) * size + j]));
          f32[right + j] = j >= block && j < block + 4 ? f32[from + 16 + j - block] : sum;
        }
        for (let k = 0; k < 4; k += 1) f32[ownAt / 4 + row * size + block + k] += f32[from + 20 + k];
      }
    },

    drawBlock(count, startAt, rowsAt, weightsAt, recordsAt, featuresAt, normalsAt, size, precisionAt, meanAt, alpha) {
      const [precision, mean] = [precisionAt / 8, meanAt / 8].map((at) => f64.subarray(at, at + 4));
      for (let feature = 0; feature < count; feature += 1) {
        const rows = u32.subarray(rowsAt / 4 + u32[startAt / 4 + feature], rowsAt / 4 + u32[startAt / 4 + feature + 1]);
        const entries = Array.from(rows, (row) => ({ at: recordsAt / 4 + row * record, w: f32[weightsAt / 4 + row] }));
        const y = f32.subarray(featuresAt / 4 + feature * size, featuresAt / 4 + feature * size + 4);
        const before = y.slice();
        const sums = sumEntries(f32, entries);
        if (!drawFour(sums, y, f32.subarray(normalsAt / 4 + feature * size), { precision, mean, alpha })) return 0;
        const change = y.map((value, k) => value - before[k]);
        for (const { at, w } of entries) {
          for (let k = 0; k < 4; k += 1) {
            let product = fround(change[0] * f32[at + k]);
            for (let i = 1; i < 4; i += 1) product = fround(product + fround(change[i] * f32[at + 4 * i + k]));
            f32[at + 16 + k] -= fround(w * product);
            f32[at + 20 + k] += fround(w * change[k]);
          }
        }
      }
      return 1;
    },
  };
}

/** Σ w²·A and Σ w·b, 256 entries in float32 at a time. */
function sumEntries(f32: Float32Array, entries: readonly { at: number; w: number }[]): Float64Array {
  const sums = new Float64Array(20);
  for (let first = 0; first < entries.length; first += 256) {
    const part = entries.slice(first, first + 256);
    for (let k = 0; k < 20; k += 1) {
      let sum = 0;
      for (const { at, w } of part) sum = fround(sum + fround((k < 16 ? fround(w * w) : w) * f32[at + k]));
      sums[k] += sum;
    }
  }
  return sums;
}

/** One draw from a system of 4 × 4: `sums` as from `sumEntries`. False where it is not positive definite. */
function drawFour(
  sums: Float64Array,
  y: Float32Array,
  normals: Float32Array,
  { precision, mean, alpha }: { precision: Float64Array; mean: Float64Array; alpha: number },
): boolean {
  const upper = new Float64Array(16);
  const right = new Float64Array(4);
  for (let i = 0; i < 4; i += 1) {
    let aim = sums[16 + i];
    for (let k = 0; k < 4; k += 1) aim += sums[4 * k + i] * y[k];
    right[i] = alpha * aim + precision[i] * mean[i];
    for (let j = i; j < 4; j += 1) {
      let sum = alpha * sums[4 * i + j] + (i === j ? precision[i] : 0);
      for (let k = 0; k < i; k += 1) sum -= upper[4 * k + i] * upper[4 * k + j];
      if (i === j && !(sum > 0 && sum < Number.MAX_VALUE)) return false;
      upper[4 * i + j] = i === j ? Math.sqrt(sum) : sum / upper[5 * i];
    }
  }
  for (let i = 0; i < 4; i += 1) {
    for (let k = 0; k < i; k += 1) right[i] -= upper[4 * k + i] * right[k];
    right[i] /= upper[5 * i];
  }
  for (let i = 3; i >= 0; i -= 1) {
    right[i] += normals[i];
    for (let k = i + 1; k < 4; k += 1) right[i] -= upper[4 * i + k] * right[k];
    right[i] /= upper[5 * i];
  }
  y.set(right);
  return true;
}
