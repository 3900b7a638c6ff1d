/** out = H·w, one score an item; four items at once, so that each value of the vector is read once for four and no sum waits for another. */
export function scoreItems(itemFactors: Float32Array, vector: Float64Array, out: Float64Array): void {
  const factors = vector.length;
  const whole = out.length - (out.length % 4);
  for (let item = 0; item < whole; item += 4) scoreFour(itemFactors, item, vector, out);
  for (let item = whole; item < out.length; item += 1) {
    let sum = 0;
    for (let j = 0; j < factors; j += 1) sum += itemFactors[item * factors + j] * vector[j];
    out[item] = sum;
  }
}

function scoreFour(itemFactors: Float32Array, item: number, vector: Float64Array, out: Float64Array): void {
  const factors = vector.length;
  const first = item * factors;
  const second = first + factors;
  const third = second + factors;
  const fourth = third + factors;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let j = 0; j < factors; j += 1) {
    const w = vector[j];
    a += itemFactors[first + j] * w;
    b += itemFactors[second + j] * w;
    c += itemFactors[third + j] * w;
    d += itemFactors[fourth + j] * w;
  }
  out[item] = a;
  out[item + 1] = b;
  out[item + 2] = c;
  out[item + 3] = d;
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
  for (let at = 0; at < values.length; at += 1) values[at] = flat ? 0 : (values[at] - mean) / deviation;
}
