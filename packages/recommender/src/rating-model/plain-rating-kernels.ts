import type { RatingKernels } from './rating-kernels.ts';
import { plainBlockKernels } from './plain-block-kernels.ts';

const { fround } = Math;

/** (0 + 2) + (1 + 3), as four lanes are summed. */
const sumOfLanes = (lanes: ArrayLike<number>): number =>
  fround(fround(lanes[0] + lanes[2]) + fround(lanes[1] + lanes[3]));

/** The kernels in plain TypeScript, each sum in the order of the compiled ones: what these are compared with, bit by bit. */
export function plainRatingKernels({ buffer }: WebAssembly.Memory): RatingKernels {
  const f64 = new Float64Array(buffer);
  const f32 = new Float32Array(buffer);
  const u32 = new Uint32Array(buffer);
  const lanes = new Float32Array(4);
  /** own·z, z the vector at `other` with 1 in the place of its bias; all in numbers of four bytes. */
  const dot = (own: number, other: number, size: number): number => {
    lanes.fill(0);
    for (let k = 0; k < size; k += 1) {
      const product = fround(f32[own + k] * (k === 0 ? 1 : f32[other + k]));
      lanes[k & 3] = k < 4 ? product : lanes[k & 3] + product;
    }
    return sumOfLanes(lanes);
  };

  return {
    ...plainBlockKernels(buffer),

    accumulate(startAt, otherAt, valueAt, rows, size, ownAt, othersAt, otherTrustAt, squaresAt, matricesAt, rightsAt) {
      for (let row = 0; row < rows; row += 1) {
        const [matrix, right] = [matricesAt / 4 + row * size * size, rightsAt / 4 + row * size];
        f32.fill(0, matrix, matrix + size * size);
        f32.fill(0, right, right + size);
        let squares = 0;
        const end = u32[startAt / 4 + row + 1];
        for (let first = u32[startAt / 4 + row]; first < end; first += 128) {
          const gathered = Array.from({ length: Math.min(128, end - first) }, (_, at) => {
            const place = u32[otherAt / 4 + first + at];
            const other = othersAt / 4 + place * size;
            const their = f32[otherTrustAt / 4 + place];
            const rest = fround(
              fround(f32[valueAt / 4 + first + at] - f32[other]) - dot(ownAt / 4 + row * size, other, size),
            );
            const error = fround(rest * their);
            squares += error * error;
            const z = f32.slice(other, other + size);
            z[0] = 1;
            return { error, z: z.map((value) => value * their) };
          });
          for (let i = 0; i < size; i += 1) {
            let sum = 0;
            for (const { error, z } of gathered) sum = fround(sum + fround(error * z[i]));
            f32[right + i] += sum;
            for (let j = i - (i % 4); j < size; j += 1) {
              let product = 0;
              for (const { z } of gathered) product = fround(product + fround(z[i] * z[j]));
              f32[matrix + i * size + j] += product;
            }
          }
        }
        for (let i = 0; i < size; i += 1)
          for (let j = i - (i % 4) + 4; j < size; j += 1) f32[matrix + j * size + i] = f32[matrix + i * size + j];
        f64[squaresAt / 8 + row] = squares;
      }
    },

    scaleRows(rows, size, trustAt, matricesAt, rightsAt) {
      for (let row = 0; row < rows; row += 1) {
        const square = fround(f32[trustAt / 4 + row] ** 2);
        for (let k = 0; k < size * size; k += 1) f32[matricesAt / 4 + row * size * size + k] *= square;
        for (let k = 0; k < size; k += 1) f32[rightsAt / 4 + row * size + k] *= square;
      }
    },

    drawRows(rows, size, matricesAt, rightsAt, ownAt, featuresAt, normalsAt, precisionAt, meanAt, alpha) {
      const upper = new Float64Array(size * size);
      const inverse = new Float64Array(size);
      const right = new Float64Array(size);
      const [precision, mean] = [precisionAt / 8, meanAt / 8];
      for (let row = 0; row < rows; row += 1) {
        const matrix = matricesAt / 4 + row * size * size;
        const at = row * size;
        const y = f32.subarray(featuresAt / 4 + at, featuresAt / 4 + at + size);
        for (let i = 0; i < size; i += 1) {
          for (let j = 0; j < size; j += 1) upper[i * size + j] = alpha * f32[matrix + i * size + j];
          upper[i * size + i] += f64[precision + i];
          let sum = f32[rightsAt / 4 + at + i];
          for (let k = 0; k < size; k += 1) sum += y[k] * f32[matrix + k * size + i];
          right[i] = alpha * sum + f64[precision + i] * f64[mean + i];
        }
        if (!factorisePlainly(upper, inverse, size)) return 0;
        solvePlainly(upper, inverse, right, f32.subarray(normalsAt / 4 + at, normalsAt / 4 + at + size));
        const change = y.map((value, k) => fround(right[k]) - value);
        for (let k = 0; k < size; k += 1) {
          y[k] = right[k];
          f32[ownAt / 4 + at + k] += change[k];
          let rest = f32[rightsAt / 4 + at + k];
          for (let i = 0; i < size; i += 1) rest = fround(rest - fround(change[i] * f32[matrix + i * size + k]));
          f32[rightsAt / 4 + at + k] = rest;
        }
      }
      return 1;
    },

    addFeatures(rows, size, startAt, entriesAt, weightsAt, featuresAt, ownAt) {
      for (let row = 0; row < rows; row += 1) {
        for (let k = 0; k < size; k += 1) {
          let sum = 0;
          for (let at = u32[startAt / 4 + row]; at < u32[startAt / 4 + row + 1]; at += 1)
            sum = fround(sum + f32[featuresAt / 4 + u32[entriesAt / 4 + at] * size + k]);
          f32[ownAt / 4 + row * size + k] += fround(f32[weightsAt / 4 + row] * sum);
        }
      }
    },

    addPredictions(count, usersAt, itemsAt, size, userVectorsAt, itemVectorsAt, mean, low, high, sumsAt) {
      for (let at = 0; at < count; at += 1) {
        const user = userVectorsAt / 4 + u32[usersAt / 4 + at] * size;
        const item = itemVectorsAt / 4 + u32[itemsAt / 4 + at] * size;
        const rating = mean + fround(f32[item] + dot(user, item, size));
        f64[sumsAt / 8 + at] += Math.min(high, Math.max(low, rating));
      }
    },
  };
}

/** A = UᵀU in place, from the upper triangle; false where it is not positive definite. */
function factorisePlainly(matrix: Float64Array, inverse: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i += 1) {
    for (let j = i; j < size; j += 1) {
      let sum = matrix[i * size + j];
      for (let k = 0; k < i; k += 1) sum -= matrix[k * size + i] * matrix[k * size + j];
      if (j > i) matrix[i * size + j] = sum * inverse[i];
      else {
        if (!(sum > 0 && sum < Number.MAX_VALUE)) return false;
        matrix[i * size + i] = Math.sqrt(sum);
        inverse[i] = 1 / matrix[i * size + i];
      }
    }
  }
  return true;
}

/** right = U⁻¹·(U⁻ᵀ·right + ε); the sums of the way back in two lanes, even and odd. */
function solvePlainly(
  matrix: Float64Array,
  inverse: Float64Array,
  right: Float64Array,
  normals: ArrayLike<number>,
): void {
  const size = right.length;
  for (let k = 0; k < size; k += 1) {
    const value = right[k] * inverse[k];
    for (let j = k + 1; j < size; j += 1) right[j] -= matrix[k * size + j] * value;
    right[k] = value + normals[k];
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    const lanes = [0, 0];
    for (let k = i + 1; k < size; k += 1) lanes[k & 1] += matrix[i * size + k] * right[k];
    right[i] = (right[i] - (lanes[0] + lanes[1])) * inverse[i];
  }
}
