/** Largest finite float16. */
const float16Max = 65_504;

/** The exponent of a number as the platform keeps it: little-endian, as every machine that runs this. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
/** 1,024 units from one power of two to the next, for the exponents −14 to 15. */
const unitsPerOne = Float64Array.from({ length: 30 }, (_, at) => 2 ** (24 - at));

/**
 * Bits of the nearest IEEE 754 half-precision number, ties to even. Beyond ±65,504 the end of the range stands, and 0 for what is no
 * number: a receipt must never fail over a score.
 */
export function toFloat16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.min(Math.abs(value), float16Max);
  if (!(size > 0)) return sign;
  double[0] = size;
  // Below 2⁻¹⁴ numbers are subnormal: the exponent, and with it the step, stays. Units past 1,024 carry into the exponent by themselves.
  const exponent = Math.max((halves[1] >>> 20) - 1_023, -14);
  const units = roundToEven(size * unitsPerOne[exponent + 14]);
  return sign | ((exponent + 14) * 1_024 + units);
}

export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1_023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1_024 + fraction) * 2 ** (exponent - 25));
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
