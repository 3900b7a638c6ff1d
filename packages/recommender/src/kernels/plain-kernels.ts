import type { Kernels } from './kernels.ts';
import { userRecord } from './memory-plan.ts';
import { multiplyAdd } from './multiply-add.ts';
import { plainWeightKernels } from './plain-weight-kernels.ts';
import { scoreUserPlainly } from './plain-scoring.ts';

/**
 * The kernels in plain TypeScript, each sum in the order of the compiled ones: what these are compared with, bit by bit. `fused`: as the relaxed
 * build on a processor that fuses.
 */
export function plainKernels({ buffer }: WebAssembly.Memory, fused = false): Kernels {
  const f64 = new Float64Array(buffer);
  const f32 = new Float32Array(buffer);
  const u32 = new Uint32Array(buffer);
  return {
    id: '00000000',
    fuses: () => (fused ? 1 : 0),
    ...plainWeightKernels(buffer),

    gather(itemsAt, factors, size, picksAt, confidencesAt, count, rowsAt, weightedAt, rightAt) {
      for (let at = 0; at < count; at += 1) {
        const item = u32[picksAt / 4 + at];
        for (let j = 0; j < factors; j += 1) {
          const value = f32[itemsAt / 4 + ((item >> 2) * factors + j) * 4 + (item & 3)];
          const product = f64[confidencesAt / 8 + at] * value;
          f64[rowsAt / 8 + at * size + j] = value;
          f64[weightedAt / 8 + at * size + j] = product;
          f64[rightAt / 8 + j] += product;
        }
      }
    },

    accumulate(fromAt, toAt, rowsAt, weightedAt, count, size) {
      for (let i = 0; i < size; i += 1) {
        for (let j = i - (i % 4); j < size; j += 1) {
          let sum = f64[fromAt / 8 + i * size + j];
          for (let at = 0; at < count; at += 1)
            sum += f64[weightedAt / 8 + at * size + i] * f64[rowsAt / 8 + at * size + j];
          f64[toAt / 8 + i * size + j] = sum;
        }
      }
    },

    gatherFours(itemsAt, factors, size, picksAt, confidencesAt, count, rowsAt, weightedAt, rightAt) {
      for (let j = 0; j < size; j += 1) {
        let sum = 0;
        for (let at = 0; at < count; at += 1) {
          const item = u32[picksAt / 4 + at];
          const value = j < factors ? f32[itemsAt / 4 + ((item >> 2) * factors + j) * 4 + (item & 3)] : 0;
          const product = Math.fround(f32[confidencesAt / 4 + at] * value);
          f32[rowsAt / 4 + at * size + j] = value;
          f32[weightedAt / 4 + at * size + j] = product;
          sum = Math.fround(sum + product);
        }
        f64[rightAt / 8 + j] += sum;
      }
    },

    gatherRows(fromAt, size, picksAt, confidencesAt, count, rowsAt, weightedAt, rightAt) {
      for (let j = 0; j < size; j += 1) {
        let sum = 0;
        for (let at = 0; at < count; at += 1) {
          const value = f32[fromAt / 4 + u32[picksAt / 4 + at] * size + j];
          const product = Math.fround(f32[confidencesAt / 4 + at] * value);
          f32[rowsAt / 4 + at * size + j] = value;
          f32[weightedAt / 4 + at * size + j] = product;
          sum = Math.fround(sum + product);
        }
        f64[rightAt / 8 + j] += sum;
      }
    },

    accumulateRows(fromAt, toAt, rowsAt, weightedAt, count, size) {
      const madd = fused ? multiplyAdd : (a: number, b: number, c: number) => Math.fround(Math.fround(a * b) + c);
      for (let i = 0; i < size; i += 1) {
        for (let j = i - (i % 8); j < size; j += 1) {
          let sum = 0;
          for (let at = 0; at < count; at += 1)
            sum = madd(f32[weightedAt / 4 + at * size + i], f32[rowsAt / 4 + at * size + j], sum);
          f64[toAt / 8 + i * size + j] = f64[fromAt / 8 + i * size + j] + sum;
        }
      }
    },

    factorise(matrixAt, inverseAt, size) {
      const matrix = f64.subarray(matrixAt / 8, matrixAt / 8 + size * size);
      const inverse = f64.subarray(inverseAt / 8, inverseAt / 8 + size);
      for (let i = 0; i < size; i += 1) {
        for (let j = i; j < size; j += 1) {
          let sum = matrix[i * size + j];
          for (let k = 0; k < i; k += 1) sum -= matrix[k * size + i] * matrix[k * size + j];
          if (j > i) matrix[i * size + j] = sum * inverse[i];
          else if (!(sum > 0 && sum < Number.MAX_VALUE)) return 0;
          else {
            matrix[i * size + i] = Math.sqrt(sum);
            inverse[i] = 1 / matrix[i * size + i];
          }
        }
      }
      return 1;
    },

    solve(matrixAt, inverseAt, rightAt, outAt, size) {
      const matrix = f64.subarray(matrixAt / 8, matrixAt / 8 + size * size);
      const inverse = f64.subarray(inverseAt / 8, inverseAt / 8 + size);
      const out = f64.subarray(outAt / 8, outAt / 8 + size);
      for (let i = 0; i < size; i += 1) {
        let sum = f64[rightAt / 8 + i];
        for (let k = 0; k < i; k += 1) sum -= matrix[k * size + i] * out[k];
        out[i] = sum * inverse[i];
      }
      for (let i = size - 1; i >= 0; i -= 1) {
        // Even and odd places apart, as two lanes have them.
        const sums = [0, 0];
        for (let k = i + 1; k < size; k += 1) sums[k % 2] += matrix[i * size + k] * out[k];
        out[i] = (out[i] - (sums[0] + sums[1])) * inverse[i];
      }
    },

    place(userAt, vectorAt, share, meansAt, largestAt, spreadAt, productsAt, factors, size, priorLargest) {
      const vector = f64.subarray(vectorAt / 8, vectorAt / 8 + size);
      const products = f64.subarray(productsAt / 8, productsAt / 8 + size).fill(0);
      let mean = 0;
      let scale = 0;
      for (let i = 0; i < size; i += 1) {
        const part = f64[meansAt / 8 + i] * vector[i];
        mean += part;
        scale += Math.abs(part);
        for (let j = 0; j < size; j += 1) products[j] += f64[spreadAt / 8 + i * size + j] * vector[i];
      }
      let variance = 0;
      for (let j = 0; j < size; j += 1) variance += products[j] * vector[j];
      const flat = variance <= 1e-13 * scale * scale;
      const weight = flat ? 0 : share / Math.sqrt(variance);
      const shift = flat ? 0 : Math.fround(-(weight * mean));
      const priorWeight = Math.fround(1 - share);
      let bound = Math.abs(shift) + priorWeight * priorLargest;
      for (let j = 0; j < factors; j += 1) {
        const value = Math.fround(weight * vector[j]);
        f32[u32[(userAt + userRecord.vectorAt) / 4] / 4 + j] = value;
        bound += Math.abs(value) * f64[largestAt / 8 + j];
      }
      f32[(userAt + userRecord.priorWeightAt) / 4] = priorWeight;
      f32[(userAt + userRecord.shiftAt) / 4] = shift;
      f32[(userAt + userRecord.largestAt) / 4] = bound;
      return bound < 1e38 ? 1 : 0;
    },

    scoreMany(usersAt, count, recordBytes, _screenAt, itemsAt, blocks, factors) {
      for (let at = 0; at < count; at += 1)
        scoreUserPlainly(buffer, usersAt + at * recordBytes, { itemsAt, blocks, factors, fused });
    },
  };
}
