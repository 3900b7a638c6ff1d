import { RecommenderError } from '../recommender-error.ts';
import { fromHalf, toHalf } from './half-floats.ts';
import type { ItemWeights } from './item-weights.ts';

const headerBytes = 8;

/**
 * Weights as bytes for an artifact, little-endian: items and count (uint32), `items + 1` starts (uint32), then of each weight its target
 * (uint16, uint32 from 65,537 items on) and its value as float16: 4 bytes a weight for most catalogues.
 */
export function packItemWeights({ items, start, target, weight }: ItemWeights): Uint8Array {
  const places = placesOf(items, target.length);
  const bytes = new Uint8Array(places.end);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, items, true);
  view.setUint32(4, target.length, true);
  start.forEach((value, at) => view.setUint32(headerBytes + 4 * at, value, true));
  target.forEach((value, at) =>
    places.wide
      ? view.setUint32(places.targetAt + 4 * at, value, true)
      : view.setUint16(places.targetAt + 2 * at, value, true),
  );
  weight.forEach((value, at) => view.setUint16(places.weightAt + 2 * at, toHalf(value), true));
  return bytes;
}

/** Throws `MODEL_INVALID` for bytes that `packItemWeights` cannot have written: a size, an order, an index or a number that does not fit. */
export function unpackItemWeights(bytes: Uint8Array): ItemWeights {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes)
    throw new RecommenderError('MODEL_INVALID', `${bytes.length} bytes are no item weights`);
  const [items, count] = [view.getUint32(0, true), view.getUint32(4, true)];
  const places = placesOf(items, count);
  if (bytes.length !== places.end)
    throw new RecommenderError(
      'MODEL_INVALID',
      `${bytes.length} bytes instead of ${places.end} of ${count} item weights`,
    );
  const start = Int32Array.from({ length: items + 1 }, (_, at) => view.getUint32(headerBytes + 4 * at, true));
  const target = Int32Array.from({ length: count }, (_, at) =>
    places.wide ? view.getUint32(places.targetAt + 4 * at, true) : view.getUint16(places.targetAt + 2 * at, true),
  );
  const weight = Float32Array.from({ length: count }, (_, at) =>
    fromHalf(view.getUint16(places.weightAt + 2 * at, true)),
  );
  assertWeights({ items, start, target, weight });
  return { items, start, target, weight };
}

function placesOf(items: number, count: number) {
  const wide = items > 65_536;
  const targetAt = headerBytes + 4 * (items + 1);
  const weightAt = targetAt + (wide ? 4 : 2) * count;
  return { wide, targetAt, weightAt, end: weightAt + 2 * count };
}

function assertWeights({ items, start, target, weight }: ItemWeights): void {
  const ordered =
    start[0] === 0 && start[items] === target.length && start.every((at, i) => i === 0 || at >= start[i - 1]);
  if (!ordered) throw new RecommenderError('MODEL_INVALID', 'the starts of item weights are out of order');
  const outside = target.findIndex((item) => item < 0 || item >= items);
  if (outside !== -1)
    throw new RecommenderError('MODEL_INVALID', `item weight ${outside} is to an item that is not there`);
  const wrong = weight.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1) throw new RecommenderError('MODEL_INVALID', `item weight ${wrong} is not finite`);
}
