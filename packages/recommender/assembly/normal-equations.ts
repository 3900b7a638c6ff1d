/** Float64, two lanes; every element is added up in one order, so that plain code gives the same bits. `size` is a multiple of 4. */
function madd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(c, f64x2.mul(a, b));
}

function msub(a: v128, b: v128, c: v128): v128 {
  return f64x2.sub(c, f64x2.mul(a, b));
}

/** Rows of the picked items as float64, `size` apart, once plain and once times their confidence; `right` += Σ c·h. */
export function gather(
  items: usize,
  factors: u32,
  size: u32,
  picks: usize,
  confidences: usize,
  count: u32,
  rows: usize,
  weighted: usize,
  right: usize,
): void {
  for (let at: u32 = 0; at < count; at++) {
    const item = load<u32>(picks + ((<usize>at) << 2));
    const confidence = load<f64>(confidences + ((<usize>at) << 3));
    let from = items + ((<usize>(item >> 2) * factors) << 4) + ((item & 3) << 2);
    const to = (<usize>at * size) << 3;
    for (let j: usize = 0; j < <usize>factors; j++, from += 16) {
      const value = <f64>load<f32>(from);
      const product = confidence * value;
      store<f64>(rows + to + (j << 3), value);
      store<f64>(weighted + to + (j << 3), product);
      store<f64>(right + (j << 3), load<f64>(right + (j << 3)) + product);
    }
  }
}

/** to = from + Σ weighted·rowᵀ in the upper triangle (in tiles of 4 × 4, so that some places below the diagonal are filled too). */
export function accumulate(from: usize, to: usize, rows: usize, weighted: usize, count: u32, size: u32): void {
  const line = (<usize>size) << 3;
  const span = <usize>count * line;
  for (let i: usize = 0; i < line; i += 32) {
    for (let j = i; j < line; j += 32) {
      let at = from + (i >> 3) * line + j;
      let a0 = v128.load(at);
      let a1 = v128.load(at, 16);
      at += line;
      let b0 = v128.load(at);
      let b1 = v128.load(at, 16);
      at += line;
      let c0 = v128.load(at);
      let c1 = v128.load(at, 16);
      at += line;
      let d0 = v128.load(at);
      let d1 = v128.load(at, 16);
      let w = weighted + i;
      let h = rows + j;
      for (const end = h + span; h < end; h += line, w += line) {
        const x = v128.load(h);
        const y = v128.load(h, 16);
        let z = v128.load64_splat(w);
        a0 = madd(z, x, a0);
        a1 = madd(z, y, a1);
        z = v128.load64_splat(w, 8);
        b0 = madd(z, x, b0);
        b1 = madd(z, y, b1);
        z = v128.load64_splat(w, 16);
        c0 = madd(z, x, c0);
        c1 = madd(z, y, c1);
        z = v128.load64_splat(w, 24);
        d0 = madd(z, x, d0);
        d1 = madd(z, y, d1);
      }
      at = to + (i >> 3) * line + j;
      v128.store(at, a0);
      v128.store(at, a1, 16);
      at += line;
      v128.store(at, b0);
      v128.store(at, b1, 16);
      at += line;
      v128.store(at, c0);
      v128.store(at, c1, 16);
      at += line;
      v128.store(at, d0);
      v128.store(at, d1, 16);
    }
  }
}

/** The 4 × 4 corner of a row of tiles, one number after the other. False where a pivot is not positive and finite. */
function factoriseCorner(corner: usize, line: usize, inverse: usize): bool {
  for (let r: usize = 0; r < 4; r++) {
    for (let c = r; c < 4; c++) {
      let sum = load<f64>(corner + r * line + (c << 3));
      for (let s: usize = 0; s < r; s++) {
        sum -= load<f64>(corner + s * line + (r << 3)) * load<f64>(corner + s * line + (c << 3));
      }
      if (c == r) {
        if (!(sum > 0 && sum < f64.MAX_VALUE)) return false;
        const pivot = sqrt(sum);
        store<f64>(corner + r * line + (c << 3), pivot);
        store<f64>(inverse + (r << 3), 1 / pivot);
      } else store<f64>(corner + r * line + (c << 3), sum * load<f64>(inverse + (r << 3)));
    }
  }
  return true;
}

/** A = UᵀU in place, tile by tile: what the rows above contribute, then the four rows among themselves. False: not positive definite. */
export function factorise(matrix: usize, inverse: usize, size: u32): bool {
  const line = (<usize>size) << 3;
  for (let i: usize = 0; i < line; i += 32) {
    const corner = matrix + (i >> 3) * line + i;
    for (let j = i; j < line; j += 32) {
      const tile = matrix + (i >> 3) * line + j;
      let a0 = v128.load(tile);
      let a1 = v128.load(tile, 16);
      let b0 = v128.load(tile + line);
      let b1 = v128.load(tile + line, 16);
      let c0 = v128.load(tile + 2 * line);
      let c1 = v128.load(tile + 2 * line, 16);
      let d0 = v128.load(tile + 3 * line);
      let d1 = v128.load(tile + 3 * line, 16);
      let u = matrix + j;
      let v = matrix + i;
      for (; u < tile; u += line, v += line) {
        const x = v128.load(u);
        const y = v128.load(u, 16);
        let z = v128.load64_splat(v);
        a0 = msub(z, x, a0);
        a1 = msub(z, y, a1);
        z = v128.load64_splat(v, 8);
        b0 = msub(z, x, b0);
        b1 = msub(z, y, b1);
        z = v128.load64_splat(v, 16);
        c0 = msub(z, x, c0);
        c1 = msub(z, y, c1);
        z = v128.load64_splat(v, 24);
        d0 = msub(z, x, d0);
        d1 = msub(z, y, d1);
      }
      if (j > i) {
        let z = v128.load64_splat(inverse + i);
        a0 = f64x2.mul(a0, z);
        a1 = f64x2.mul(a1, z);
        z = v128.load64_splat(corner, 8);
        b0 = msub(z, a0, b0);
        b1 = msub(z, a1, b1);
        z = v128.load64_splat(inverse + i, 8);
        b0 = f64x2.mul(b0, z);
        b1 = f64x2.mul(b1, z);
        z = v128.load64_splat(corner, 16);
        c0 = msub(z, a0, c0);
        c1 = msub(z, a1, c1);
        z = v128.load64_splat(corner + line, 16);
        c0 = msub(z, b0, c0);
        c1 = msub(z, b1, c1);
        z = v128.load64_splat(inverse + i, 16);
        c0 = f64x2.mul(c0, z);
        c1 = f64x2.mul(c1, z);
        z = v128.load64_splat(corner, 24);
        d0 = msub(z, a0, d0);
        d1 = msub(z, a1, d1);
        z = v128.load64_splat(corner + line, 24);
        d0 = msub(z, b0, d0);
        d1 = msub(z, b1, d1);
        z = v128.load64_splat(corner + 2 * line, 24);
        d0 = msub(z, c0, d0);
        d1 = msub(z, c1, d1);
        z = v128.load64_splat(inverse + i, 24);
        d0 = f64x2.mul(d0, z);
        d1 = f64x2.mul(d1, z);
      }
      v128.store(tile, a0);
      v128.store(tile, a1, 16);
      v128.store(tile + line, b0);
      v128.store(tile + line, b1, 16);
      v128.store(tile + 2 * line, c0);
      v128.store(tile + 2 * line, c1, 16);
      v128.store(tile + 3 * line, d0);
      v128.store(tile + 3 * line, d1, 16);
      if (j == i && !factoriseCorner(corner, line, inverse + i)) return false;
    }
  }
  return true;
}

/** UᵀU·x = right. Spoils `right`. */
export function solve(matrix: usize, inverse: usize, right: usize, out: usize, size: u32): void {
  const line = (<usize>size) << 3;
  for (let k: usize = 0; k < line; k += 8) {
    const row = matrix + (k >> 3) * line;
    const value = load<f64>(right + k) * load<f64>(inverse + k);
    store<f64>(out + k, value);
    const x = f64x2.splat(value);
    // From the pair that holds the next place: the place before it, if it is in the pair, is not read again.
    for (let j = (k + 8) & ~15; j < line; j += 16) {
      v128.store(right + j, msub(v128.load(row + j), x, v128.load(right + j)));
    }
  }
  for (let i = line - 8; <isize>i >= 0; i -= 8) {
    const row = matrix + (i >> 3) * line;
    const own = load<f64>(out + i);
    store<f64>(out + i, 0);
    let sum = f64x2.splat(0);
    for (let k = (i + 8) & ~15; k < line; k += 16) sum = madd(v128.load(row + k), v128.load(out + k), sum);
    const rest = own - (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
    store<f64>(out + i, rest * load<f64>(inverse + i));
  }
}
