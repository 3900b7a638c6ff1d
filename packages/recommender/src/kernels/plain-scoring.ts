import { topK } from '../top-k.ts';
import { multiplyAdd } from './multiply-add.ts';
import { userRecord } from './memory-plan.ts';

interface ItemBlocks {
  readonly itemsAt: number;
  readonly blocks: number;
  readonly factors: number;
  /** Products and sums are rounded once. */
  readonly fused: boolean;
}

/** Every score written out, then the plain selection; the list is left where the compiled kernel leaves it. */
export function scoreUserPlainly(buffer: ArrayBuffer, userAt: number, items: ItemBlocks): void {
  const u32 = new Uint32Array(buffer);
  const f32 = new Float32Array(buffer);
  const field = (place: number): number => u32[(userAt + place) / 4];
  const scores = scoresOf(f32, userAt, items);
  const bits = new Uint8Array(buffer, field(userRecord.excludedAt), items.blocks * 2);
  const excluded = new Uint8Array(scores.length);
  for (let item = 0; item < excluded.length; item += 1) excluded[item] = (bits[item >> 3] >> (item & 7)) & 1;
  const best = topK(scores, field(userRecord.wantedAt), excluded);
  const heap = field(userRecord.heapAt) / 4;
  for (const [place, { index, score }] of best.entries()) {
    f32[heap + 2 * place] = score;
    u32[heap + 2 * place + 1] = index;
  }
  u32[(userAt + userRecord.keptAt) / 4] = best.length;
}

function scoresOf(f32: Float32Array, userAt: number, { itemsAt, blocks, factors, fused }: ItemBlocks): Float32Array {
  const u32 = new Uint32Array(f32.buffer);
  const vector = u32[(userAt + userRecord.vectorAt) / 4] / 4;
  const prior = u32[(userAt + userRecord.priorAt) / 4] / 4;
  const priorWeight = f32[(userAt + userRecord.priorWeightAt) / 4];
  const shift = f32[(userAt + userRecord.shiftAt) / 4];
  const madd = fused ? multiplyAdd : plainly;
  const scores = new Float32Array(blocks * 16);
  for (let item = 0; item < scores.length; item += 1) scores[item] = madd(f32[prior + item], priorWeight, shift);
  for (let first = 0; first < scores.length; first += 4) {
    for (let j = 0; j < factors; j += 1) {
      const part = itemsAt / 4 + first * factors + j * 4;
      const weight = f32[vector + j];
      for (let lane = 0; lane < 4; lane += 1)
        scores[first + lane] = madd(f32[part + lane], weight, scores[first + lane]);
    }
  }
  return scores;
}

/** Rounded twice; storing the sum in a float32 is the second time. */
const plainly = (a: number, b: number, c: number): number => Math.fround(a * b) + c;
