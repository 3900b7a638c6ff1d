/** out = H·w, one score an item. */
export function scoreItems(itemFactors: Float32Array, vector: Float64Array, out: Float64Array): void {
  const factors = vector.length;
  for (let item = 0; item < out.length; item += 1) out[item] = dot(itemFactors, item * factors, vector);
}

/** Σ rows[start + j]·vector[j]; four running sums, since one would wait for each addition. */
function dot(rows: Float32Array, start: number, vector: Float64Array): number {
  const whole = vector.length & ~3;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let j = 0;
  for (; j < whole; j += 4) {
    a += rows[start + j]! * vector[j]!;
    b += rows[start + j + 1]! * vector[j + 1]!;
    c += rows[start + j + 2]! * vector[j + 2]!;
    d += rows[start + j + 3]! * vector[j + 3]!;
  }
  for (; j < vector.length; j += 1) a += rows[start + j]! * vector[j]!;
  return a + b + (c + d);
}

/** z = (s − mean) / standard deviation over all values, in place; values that do not differ become 0. */
export function standardise(values: Float64Array): void {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  // Equal values leave only the rounding of their mean; dividing by it would make an order out of nothing.
  const flat = deviation <= 1e-12 * Math.abs(mean);
  for (let at = 0; at < values.length; at += 1) values[at] = flat ? 0 : (values[at]! - mean) / deviation;
}
