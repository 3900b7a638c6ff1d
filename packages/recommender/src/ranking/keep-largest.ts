/** The numbers that are largest without their sign, and their places, into `places` and `values` (of one length), in ascending order of place. */
export function keepLargest(numbers: Float32Array, places: Int32Array, values: Float32Array): void {
  const kept = Math.min(places.length, numbers.length);
  const threshold = kept < numbers.length ? largestOf(numbers.map(Math.abs), kept) : 0;
  // What equals the threshold fills up what is left, the first places first.
  let equal = kept;
  for (const number of numbers) if (Math.abs(number) > threshold) equal -= 1;
  let count = 0;
  for (let at = 0; at < numbers.length && count < kept; at += 1) {
    const size = Math.abs(numbers[at]);
    if (size < threshold || (size === threshold && equal-- <= 0)) continue;
    places[count] = at;
    values[count++] = numbers[at];
  }
}

/** The `rank`-th largest, 1 being the largest (Hoare's selection); changes the order of `sizes`. */
function largestOf(sizes: Float32Array, rank: number): number {
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
