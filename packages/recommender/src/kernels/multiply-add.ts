const one = new Float64Array(1);
const bits = new BigUint64Array(one.buffer);

/** The 29 bits that a float64 has beyond a float32: here exactly half of the last one that stays. */
const [dropped, half] = [0x1fffffffn, 0x10000000n];

/**
 * a·b + c of float32 numbers, rounded once to float32. The product is exact in float64; their sum is not, and where it seems to lie exactly between
 * two float32 numbers, what was lost decides (Knuth's two-sum, The Art of Computer Programming 4.2.2). Not for numbers below 1e-30.
 */
export function multiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  one[0] = sum;
  if ((bits[0] & dropped) !== half) return Math.fround(sum);
  const shadow = sum - product;
  const lost = product - (sum - shadow) + (c - shadow);
  if (lost === 0) return Math.fround(sum);
  // Towards what was lost by one bit of the float64: away from zero where both have one sign.
  bits[0] += lost > 0 === sum > 0 ? 1n : -1n;
  return Math.fround(one[0]);
}
