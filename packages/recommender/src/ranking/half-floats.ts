const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** The 16 bits of the nearest float16 (IEEE 754 binary16), ties to even; beyond its range infinity. */
export function toHalf(value: number): number {
  single[0] = value;
  const sign = (bits[0] >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  // From here on the nearest float16 is infinite.
  if (size >= 65_520) return sign | 0x7c00;
  // Below 2⁻¹⁴ the last bit always counts 2⁻²⁴.
  if (size < 2 ** -14) return sign | roundEven(size * 2 ** 24);
  const exponent = ((bits[0] >>> 23) & 0xff) - 127;
  // A fraction that is rounded up to 2 carries into the exponent by itself.
  return sign + ((exponent + 15) << 10) + roundEven((size / 2 ** exponent - 1) * 1024);
}

export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
