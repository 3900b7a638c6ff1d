import { screenRecord, type MemoryPlan } from './memory-plan.ts';

/** Codes stand for −63…63 and are 64 more: sums of four products with codes of users fit in 16 bits. */
const [codeMax, codeOffset] = [63, 64];

/** A scale is never so small that float32 could not tell it. */
const smallest = 1e-30;

/** Tells the kernels where codes and scales are. */
export function openScreen({ buffer }: WebAssembly.Memory, plan: MemoryPlan): void {
  const u32 = new Uint32Array(buffer, plan.screenAt, screenRecord.bytes / 4);
  u32[screenRecord.itemCodesAt / 4] = plan.itemCodesAt;
  u32[screenRecord.itemScalesAt / 4] = plan.itemScalesAt;
}

/**
 * Writes items h as scale·code (ĥ), a byte a factor, in blocks of 16: eight factors of four items, then of the next four; of these, four factors of the
 * four items, then the other four. Keeps the largest ‖h − ĥ‖ and ‖ĥ‖ in units of the item's scale: what the bound of `codeUser` is made of.
 */
export function codeItems(
  { buffer }: WebAssembly.Memory,
  plan: MemoryPlan,
  { rows, first, end }: { rows: Float32Array; first: number; end: number },
): void {
  const { factors, size, places } = plan;
  const codes = new Uint8Array(buffer, plan.itemCodesAt, places * size);
  const scales = new Float32Array(buffer, plan.itemScalesAt, places);
  const f64 = new Float64Array(buffer, plan.screenAt, screenRecord.bytes / 8);
  const [errorAt, normAt] = [screenRecord.itemErrorAt / 8, screenRecord.itemNormAt / 8];
  for (let item = first; item < end; item += 1) {
    const row = item * factors;
    const scale = Math.fround(largestOf(rows, row, row + factors) / codeMax);
    const perScale = 1 / scale;
    scales[item] = scale;
    const to = (item >> 4) * 16 * size + ((item & 15) >> 2) * 32 + (item & 3) * 4;
    let missed = 0;
    let norm = 0;
    for (let j = 0; j < factors; j += 1) {
      const value = rows[row + j] * perScale;
      const code = Math.floor(value + 0.5);
      const rest = value - code;
      codes[to + (j >> 3) * 128 + ((j & 4) << 2) + (j & 3)] = code + codeOffset;
      missed += rest * rest;
      norm += code * code;
    }
    f64[errorAt] = Math.max(f64[errorAt], Math.sqrt(missed));
    f64[normAt] = Math.max(f64[normAt], Math.sqrt(norm));
  }
}

function largestOf(rows: Float32Array, from: number, to: number): number {
  let largest = smallest;
  for (let at = from; at < to; at += 1) largest = Math.max(largest, Math.abs(rows[at]));
  return largest;
}
