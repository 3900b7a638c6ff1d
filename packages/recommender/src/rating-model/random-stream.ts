/** Random numbers of one place in a training: the same key gives the same numbers, whoever draws them and when. */
export interface RandomStream {
  /** From 0 to below 1, 32 bits. */
  uniform(): number;
  gaussian(): number;
  /** Shape above 1/3, scale 1. */
  gamma(shape: number): number;
}

/** The last step of MurmurHash3: every bit of the key moves half of the bits. */
function stir(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** xoshiro128++ (Blackman and Vigna 2019), its state a hash of the key; `begin` starts the stream of another key without a new object. */
export function createRandomStream(
  ...key: readonly number[]
): RandomStream & { begin(...key: readonly number[]): void } {
  let [a, b, c, d] = [1, 0, 0, 0];
  let spare = Number.NaN;
  const begin = (...words: readonly number[]): void => {
    let hash = 0x9e3779b9;
    for (const word of words) hash = stir(Math.imul(hash, 0x01000193) + word);
    a = stir(hash + 0x9e3779b9);
    b = stir(a ^ hash);
    c = stir(b + hash);
    d = stir(c ^ a) | 1;
    spare = Number.NaN;
  };
  const next = (): number => {
    const sum = (a + d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + a) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const uniform = (): number => next() / 0x1_0000_0000;
  const gaussian = (): number => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    // Box and Muller: two at a time.
    const radius = Math.sqrt(-2 * Math.log((next() + 1) / 0x1_0000_0000));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  /** Marsaglia and Tsang 2000. */
  const gamma = (shape: number): number => {
    const part = shape - 1 / 3;
    const scale = 1 / Math.sqrt(9 * part);
    for (;;) {
      const x = gaussian();
      const v = (1 + scale * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + part - part * v + part * Math.log(v)) return part * v;
    }
  };
  begin(...key);
  return { begin, uniform, gaussian, gamma };
}
