import { topK } from '../top-k.ts';
import { userRecord } from './memory-plan.ts';

/** Every score written out, then the plain selection; the list is left where the compiled kernel leaves it. */
export function scoreUserPlainly(
  buffer: ArrayBuffer,
  userAt: number,
  itemsAt: number,
  blocks: number,
  factors: number,
): void {
  const u32 = new Uint32Array(buffer);
  const f32 = new Float32Array(buffer);
  const field = (place: number): number => u32[(userAt + place) / 4];
  const scores = scoresOf(f32, userAt, { itemsAt, blocks, factors });
  const bits = new Uint8Array(buffer, field(userRecord.excludedAt), blocks * 2);
  const excluded = Uint8Array.from(scores, (_, item) => (bits[item >> 3] >> (item & 7)) & 1);
  const best = topK(scores, field(userRecord.wantedAt), excluded);
  const heap = field(userRecord.heapAt) / 4;
  for (const [place, { index, score }] of best.entries()) {
    f32[heap + 2 * place] = score;
    u32[heap + 2 * place + 1] = index;
  }
  u32[(userAt + userRecord.keptAt) / 4] = best.length;
}

function scoresOf(
  f32: Float32Array,
  userAt: number,
  { itemsAt, blocks, factors }: { itemsAt: number; blocks: number; factors: number },
): Float32Array {
  const u32 = new Uint32Array(f32.buffer);
  const vector = u32[(userAt + userRecord.vectorAt) / 4] / 4;
  const prior = u32[(userAt + userRecord.priorAt) / 4] / 4;
  const priorWeight = f32[(userAt + userRecord.priorWeightAt) / 4];
  const shift = f32[(userAt + userRecord.shiftAt) / 4];
  const scores = new Float32Array(blocks * 16);
  for (let item = 0; item < scores.length; item += 1) {
    let sum = Math.fround(Math.fround(f32[prior + item] * priorWeight) + shift);
    const column = itemsAt / 4 + (item >> 4) * factors * 16 + (item & 15);
    for (let j = 0; j < factors; j += 1) sum = Math.fround(sum + Math.fround(f32[column + j * 16] * f32[vector + j]));
    scores[item] = sum;
  }
  return scores;
}
