import { addMore, madd, sumOf } from './lanes';

/** Ratings whose products are summed on their own before they are added to what came before: so an error does not grow with the ratings of a row. */
const atOnce: u32 = 128;

/**
 * For each row: A = Σ s²·z·zᵀ and b = Σ s²·e·z over its ratings, z = the other side's vector with 1 in the place of its bias, e = value − bias −
 * own·z, s = the other's trust. Into `squares` goes Σ s²·e², a row each. `size` is a multiple of 4; `scratch` holds 128 × (size + 1) numbers.
 */
export function accumulate(
  start: usize,
  other: usize,
  value: usize,
  rows: u32,
  size: u32,
  own: usize,
  others: usize,
  otherTrust: usize,
  squares: usize,
  matrices: usize,
  rights: usize,
  scratch: usize,
): void {
  const line = (<usize>size) << 2;
  const area = line * <usize>size;
  const errors = scratch;
  const gathered = scratch + (atOnce << 2);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const matrix = matrices + row * area;
    const right = rights + row * line;
    memory.fill(matrix, 0, area);
    memory.fill(right, 0, line);
    let sum: f64 = 0;
    const end = load<u32>(start + (row << 2), 4);
    for (let first = load<u32>(start + (row << 2)); first < end; first += atOnce) {
      const count = min<u32>(atOnce, end - first);
      const at = (<usize>first) << 2;
      sum = gather(other + at, value + at, count, line, own + row * line, others, otherTrust, gathered, errors, sum);
      addRight(gathered, errors, count, line, right);
      addProducts(gathered, count, line, matrix);
    }
    mirror(matrix, line);
    store<f64>(squares + (row << 3), sum);
  }
}

function gather(
  other: usize,
  value: usize,
  count: u32,
  line: usize,
  own: usize,
  others: usize,
  otherTrust: usize,
  gathered: usize,
  errors: usize,
  before: f64,
): f64 {
  let squares = before;
  let to = gathered;
  for (let at: usize = 0; at < (<usize>count) << 2; at += 4) {
    const place = <usize>load<u32>(other + at);
    const from = others + place * line;
    const their = load<f32>(otherTrust + (place << 2));
    const scale = f32x4.splat(their);
    let x = v128.load(from);
    const bias = f32x4.extract_lane(x, 0);
    x = f32x4.replace_lane(x, 0, 1);
    v128.store(to, f32x4.mul(scale, x));
    let sum = f32x4.mul(v128.load(own), x);
    for (let j: usize = 16; j < line; j += 16) {
      x = v128.load(from + j);
      v128.store(to + j, f32x4.mul(scale, x));
      sum = madd(v128.load(own + j), x, sum);
    }
    const error = (load<f32>(value + at) - bias - sumOf(sum)) * their;
    store<f32>(errors + at, error);
    squares += <f64>error * <f64>error;
    to += line;
  }
  return squares;
}

function addRight(gathered: usize, errors: usize, count: u32, line: usize, right: usize): void {
  for (let j: usize = 0; j < line; j += 16) {
    let sum = f32x4.splat(0);
    let z = gathered + j;
    for (let at: usize = 0; at < (<usize>count) << 2; at += 4, z += line) {
      sum = madd(v128.load32_splat(errors + at), v128.load(z), sum);
    }
    addMore(right + j, sum);
  }
}

/** The upper triangle in tiles of 4 × 8, a last one of 4 × 4 where the line has an odd number of fours. */
function addProducts(gathered: usize, count: u32, line: usize, matrix: usize): void {
  const span = <usize>count * line;
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < line; i += 16) {
    let at = matrix + (i >> 2) * line;
    let j = i;
    for (; j + 16 < line; j += 32) {
      let a0 = zero;
      let a1 = zero;
      let b0 = zero;
      let b1 = zero;
      let c0 = zero;
      let c1 = zero;
      let d0 = zero;
      let d1 = zero;
      let w = gathered + i;
      let h = gathered + j;
      for (const end = h + span; h < end; h += line, w += line) {
        const x = v128.load(h);
        const y = v128.load(h, 16);
        let z = v128.load32_splat(w);
        a0 = madd(z, x, a0);
        a1 = madd(z, y, a1);
        z = v128.load32_splat(w, 4);
        b0 = madd(z, x, b0);
        b1 = madd(z, y, b1);
        z = v128.load32_splat(w, 8);
        c0 = madd(z, x, c0);
        c1 = madd(z, y, c1);
        z = v128.load32_splat(w, 12);
        d0 = madd(z, x, d0);
        d1 = madd(z, y, d1);
      }
      addMore(at + j, a0);
      addMore(at + j + 16, a1);
      addMore(at + line + j, b0);
      addMore(at + line + j + 16, b1);
      addMore(at + 2 * line + j, c0);
      addMore(at + 2 * line + j + 16, c1);
      addMore(at + 3 * line + j, d0);
      addMore(at + 3 * line + j + 16, d1);
    }
    if (j < line) {
      let a0 = zero;
      let b0 = zero;
      let c0 = zero;
      let d0 = zero;
      let w = gathered + i;
      let h = gathered + j;
      for (const end = h + span; h < end; h += line, w += line) {
        const x = v128.load(h);
        a0 = madd(v128.load32_splat(w), x, a0);
        b0 = madd(v128.load32_splat(w, 4), x, b0);
        c0 = madd(v128.load32_splat(w, 8), x, c0);
        d0 = madd(v128.load32_splat(w, 12), x, d0);
      }
      addMore(at + j, a0);
      addMore(at + line + j, b0);
      addMore(at + 2 * line + j, c0);
      addMore(at + 3 * line + j, d0);
    }
  }
}

/** What stands above the tiles of the diagonal, below them too. */
function mirror(matrix: usize, line: usize): void {
  for (let i: usize = 0; i < line; i += 4) {
    for (let j = (i & ~15) + 16; j < line; j += 4) {
      store<f32>(matrix + (j >> 2) * line + i, load<f32>(matrix + (i >> 2) * line + j));
    }
  }
}

/** A and b of every row times the square of its own trust. */
export function scaleRows(rows: u32, size: u32, trust: usize, matrices: usize, rights: usize): void {
  const line = (<usize>size) << 2;
  const area = line * <usize>size;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const own = load<f32>(trust + (row << 2));
    const square = f32x4.splat(own * own);
    const matrix = matrices + row * area;
    for (let at = matrix; at < matrix + area; at += 16) v128.store(at, f32x4.mul(square, v128.load(at)));
    const right = rights + row * line;
    for (let at = right; at < right + line; at += 16) v128.store(at, f32x4.mul(square, v128.load(at)));
  }
}
