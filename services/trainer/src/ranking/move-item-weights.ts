import { packItemWeights, unpackItemWeights, viewItemWeights, type ItemWeights } from '@reelay/recommender';
import { readStored } from '../read-stored.ts';
import type { TrainedWeights } from './train-item-weights.ts';

/** Item weights of an older catalogue, in the order of a newer one: `places` is where each old item stands now. Throws `ARTIFACT_CORRUPT`. */
export function moveItemWeights(
  stored: Uint8Array,
  places: readonly number[],
  items: number,
): Pick<TrainedWeights, 'weights' | 'bytes'> {
  const old = readStored('item weights', () => unpacked(stored, places.length));
  const start = new Int32Array(items + 1);
  for (const [from, place] of places.entries()) start[place + 1] = old.start[from + 1] - old.start[from];
  for (let item = 0; item < items; item += 1) start[item + 1] += start[item];
  const target = new Int32Array(old.target.length);
  const weight = new Float32Array(old.weight.length);
  for (const [from, place] of places.entries()) {
    weight.set(old.weight.subarray(old.start[from], old.start[from + 1]), start[place]);
    for (let at = old.start[from]; at < old.start[from + 1]; at += 1)
      target[start[place] + at - old.start[from]] = places[old.target[at]];
  }
  const bytes = packItemWeights({ items, start, target, weight });
  return { bytes, weights: viewItemWeights(bytes) };
}

function unpacked(stored: Uint8Array, items: number): ItemWeights {
  const weights = unpackItemWeights(stored);
  if (weights.items === items) return weights;
  throw new RangeError(`they are of ${weights.items} items instead of ${items}`);
}
