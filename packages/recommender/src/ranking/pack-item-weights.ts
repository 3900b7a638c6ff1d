import { toHalf } from './half-floats.ts';
import type { ItemWeights } from './item-weights.ts';
import { halfValues, partsOf, viewItemWeights } from './packed-weights.ts';

/**
 * Weights as bytes for an artifact, little-endian: items and count (uint32), `items + 1` starts (uint32), then of each weight its target
 * (uint16, uint32 from 65,537 items on) and its value as float16: 4 bytes a weight for most catalogues.
 */
export function packItemWeights({ items, start, target, weight }: ItemWeights): Uint8Array {
  const { wide, startAt, targetAt, weightAt, end } = partsOf(items, target.length);
  const { buffer } = new Uint8Array(end);
  new Uint32Array(buffer, 0, 2).set([items, target.length]);
  new Uint32Array(buffer, startAt, items + 1).set(start);
  new (wide ? Uint32Array : Uint16Array)(buffer, targetAt, target.length).set(target);
  const halves = new Uint16Array(buffer, weightAt, weight.length);
  for (let at = 0; at < weight.length; at += 1) halves[at] = toHalf(weight[at]);
  return new Uint8Array(buffer);
}

/** Throws `MODEL_INVALID` for bytes that `packItemWeights` cannot have written: a size, an order, an index or a number that does not fit. */
export function unpackItemWeights(bytes: Uint8Array): ItemWeights {
  const { items, start, target, weight } = viewItemWeights(bytes);
  const values = halfValues();
  return {
    items,
    start: Int32Array.from(start),
    target: Int32Array.from(target),
    weight: Float32Array.from(weight, (bits) => values[bits]),
  };
}
