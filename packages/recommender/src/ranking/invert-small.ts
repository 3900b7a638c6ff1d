/** The inverse of a symmetric positive definite matrix of `size` rows (Gauss and Jordan), both halves alike; undefined where a pivot is not positive. */
export function invertSmall(matrix: Float32Array | Float64Array, size: number): Float64Array | undefined {
  const a = Float64Array.from(matrix);
  for (let k = 0; k < size; k += 1) {
    const pivot = a[k * size + k];
    if (!(pivot > 0 && pivot < Infinity)) return undefined;
    a[k * size + k] = 1;
    for (let j = 0; j < size; j += 1) a[k * size + j] /= pivot;
    for (let i = 0; i < size; i += 1) {
      if (i === k) continue;
      const ratio = a[i * size + k];
      a[i * size + k] = 0;
      for (let j = 0; j < size; j += 1) a[i * size + j] -= ratio * a[k * size + j];
    }
  }
  return symmetric(a, size);
}

function symmetric(a: Float64Array, size: number): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j < size; j += 1) out[i * size + j] = (a[i * size + j] + a[j * size + i]) / 2;
  return out;
}
