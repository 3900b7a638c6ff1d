import { isWide } from '../kernels/memory-plan.ts';
import { RecommenderError } from '../recommender-error.ts';
import { fromHalf } from './half-floats.ts';

/** Item weights as they stand in an artifact and as they are served: as `ItemWeights`, `weight` being the bits of float16. */
export interface PackedWeights {
  readonly items: number;
  readonly start: Uint32Array;
  readonly target: Uint16Array | Uint32Array;
  readonly weight: Uint16Array;
}

const headerBytes = 8;
const infinite = 0x7c00;

/** Where the parts stand in the bytes; targets take 16 bits while all items fit them. */
export function partsOf(items: number, count: number) {
  const wide = isWide(items);
  const targetAt = headerBytes + 4 * (items + 1);
  const weightAt = targetAt + (wide ? 4 : 2) * count;
  return { wide, startAt: headerBytes, targetAt, weightAt, end: weightAt + 2 * count };
}

/**
 * The weights in bytes that `packItemWeights` wrote, without a copy where the bytes begin at a multiple of four. Throws `MODEL_INVALID` for a
 * size, an order, an index or a number that does not fit.
 */
export function viewItemWeights(bytes: Uint8Array): PackedWeights {
  if (bytes.length < headerBytes)
    throw new RecommenderError('MODEL_INVALID', `${bytes.length} bytes are no item weights`);
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const [items, count] = new Uint32Array(buffer, byteOffset, 2);
  const { wide, startAt, targetAt, weightAt, end } = partsOf(items, count);
  if (bytes.length !== end)
    throw new RecommenderError('MODEL_INVALID', `${bytes.length} bytes instead of ${end} of ${count} item weights`);
  const Targets = wide ? Uint32Array : Uint16Array;
  const weights = {
    items,
    start: new Uint32Array(buffer, byteOffset + startAt, items + 1),
    target: new Targets(buffer as ArrayBuffer, byteOffset + targetAt, count),
    weight: new Uint16Array(buffer, byteOffset + weightAt, count),
  };
  assertWeights(weights);
  return weights;
}

function assertWeights({ items, start, target, weight }: PackedWeights): void {
  const ordered =
    start[0] === 0 && start[items] === target.length && start.every((at, i) => i === 0 || at >= start[i - 1]);
  if (!ordered) throw new RecommenderError('MODEL_INVALID', 'the starts of item weights are out of order');
  const outside = target.findIndex((item: number) => item >= items);
  if (outside !== -1)
    throw new RecommenderError('MODEL_INVALID', `item weight ${outside} is to an item that is not there`);
  const wrong = weight.findIndex((bits) => (bits & infinite) === infinite);
  if (wrong !== -1) throw new RecommenderError('MODEL_INVALID', `item weight ${wrong} is not finite`);
}

/** How many weights a file of so many bytes holds. */
export const weightsIn = (items: number, bytes: number): number =>
  Math.max(0, Math.floor((bytes - partsOf(items, 0).end) / (isWide(items) ? 6 : 4)));

let table: Float32Array | undefined;

/** The number of every float16, by its bits: 256 kB, made once. */
export function halfValues(): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, bits) => fromHalf(bits));
  return table;
}
