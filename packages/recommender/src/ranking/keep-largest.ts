/** The numbers that are largest without their sign, and their places, into `places` and `values` (of one length), in ascending order of place. */
export function keepLargest(numbers: Float32Array, places: Int32Array, values: Float32Array): void {
  const kept = Math.min(places.length, numbers.length);
  // Float32 without their sign have, read as integers, the order of their sizes.
  const bits = new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const { threshold, above } = kept < numbers.length ? largestSize(bits, kept) : { threshold: -1, above: kept };
  // What equals the threshold fills up what is left, the first places first.
  let equal = kept - above;
  let count = 0;
  for (let at = 0; at < bits.length && count < kept; at += 1) {
    const size = bits[at] & signless;
    if (size < threshold || (size === threshold && equal-- <= 0)) continue;
    places[count] = at;
    values[count++] = numbers[at];
  }
}

const signless = 0x7fffffff;
/** Sizes are counted by exponent and the first four bits of the mantissa. */
const [classes, classShift] = [4_096, 19];

/** The `rank`-th largest size, 1 being the largest, and how many are above it: first its class, then among the few of that class. */
function largestSize(bits: Int32Array, rank: number): { threshold: number; above: number } {
  const counts = new Int32Array(classes);
  for (let at = 0; at < bits.length; at += 1) counts[(bits[at] & signless) >>> classShift] += 1;
  let wanted = classes - 1;
  let above = 0;
  while (above + counts[wanted] < rank) above += counts[wanted--];
  const sizes = new Int32Array(counts[wanted]);
  let count = 0;
  for (let at = 0; at < bits.length; at += 1) {
    const size = bits[at] & signless;
    if (size >>> classShift === wanted) sizes[count++] = size;
  }
  const threshold = largestOf(sizes, rank - above);
  for (let at = 0; at < sizes.length; at += 1) if (sizes[at] > threshold) above += 1;
  return { threshold, above };
}

/** The `rank`-th largest, 1 being the largest (Hoare's selection); changes the order of `sizes`. */
function largestOf(sizes: Int32Array, rank: number): number {
  let low = 0;
  let high = sizes.length - 1;
  while (low < high) {
    const pivot = sizes[(low + high) >> 1];
    let left = low;
    let right = high;
    while (left <= right) {
      while (sizes[left] > pivot) left += 1;
      while (sizes[right] < pivot) right -= 1;
      if (left > right) break;
      const kept = sizes[left];
      sizes[left++] = sizes[right];
      sizes[right--] = kept;
    }
    if (rank - 1 <= right) high = right;
    else if (rank - 1 >= left) low = left;
    else return pivot;
  }
  return sizes[low];
}
