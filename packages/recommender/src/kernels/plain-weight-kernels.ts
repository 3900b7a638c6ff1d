import { halfValues } from '../ranking/packed-weights.ts';
import type { Kernels } from './kernels.ts';

/** The kernels of item weights in plain TypeScript, each sum in the order of the compiled ones. */
export function plainWeightKernels(buffer: ArrayBuffer): Pick<Kernels, 'addWeights' | 'describeSums' | 'addPrior'> {
  const f64 = new Float64Array(buffer);
  const f32 = new Float32Array(buffer);
  const u32 = new Uint32Array(buffer);
  const u16 = new Uint16Array(buffer);
  const values = halfValues();
  return {
    addWeights(startsAt, targetsAt, weightsAt, wide, picksAt, confidencesAt, count, sumsAt) {
      const targets = wide ? u32.subarray(targetsAt / 4) : u16.subarray(targetsAt / 2);
      for (let row = 0; row < count; row += 1) {
        const start = startsAt / 4 + u32[picksAt / 4 + row];
        for (let at = u32[start]; at < u32[start + 1]; at += 1)
          f32[sumsAt / 4 + targets[at]] += Math.fround(f32[confidencesAt / 4 + row] * values[u16[weightsAt / 2 + at]]);
      }
    },

    describeSums(sumsAt, count, outAt) {
      const sums = new Float64Array(8);
      const squares = new Float64Array(8);
      for (let at = 0; at < count; at += 1) {
        const value = f32[sumsAt / 4 + at];
        sums[at % 8] += value;
        squares[at % 8] += value * value;
      }
      f64[outAt / 8] = addEight(sums);
      f64[outAt / 8 + 1] = addEight(squares);
    },

    addPrior(sumsAt, count, scale, priorAt) {
      const factor = Math.fround(scale);
      for (let at = 0; at < count; at += 1) {
        const value = Math.fround(f32[sumsAt / 4 + at] * factor);
        f32[sumsAt / 4 + at] = priorAt === 0 ? value : value + f32[priorAt / 4 + at];
      }
    },
  };
}

/** Even and odd places apart, as two lanes have them. */
function addEight(x: Float64Array): number {
  const lane = (at: number): number => x[at] + x[2 + at] + (x[4 + at] + x[6 + at]);
  return lane(0) + lane(1);
}
