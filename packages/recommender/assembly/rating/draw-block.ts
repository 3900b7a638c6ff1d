import { addTo } from './lanes';

/** A row's record: its 4 × 4 part of A (64 bytes), four of b, and what was added to four of its vector. */
const recordBytes: usize = 96;

/** Entries whose sums stay in float32 before they are added in float64. */
const atOnce: u32 = 256;

/** Brings the numbers `block`, `block + 1`, … `block + 3` of every row's A and b together. */
export function loadBlock(rows: u32, size: u32, block: u32, matrices: usize, rights: usize, records: usize): void {
  const line = (<usize>size) << 2;
  const at = (<usize>block) << 2;
  let from = matrices + <usize>block * line + at;
  let right = rights + at;
  const end = records + <usize>rows * recordBytes;
  for (let to = records; to < end; to += recordBytes) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from + line), 16);
    v128.store(to, v128.load(from + 2 * line), 32);
    v128.store(to, v128.load(from + 3 * line), 48);
    v128.store(to, v128.load(right), 64);
    v128.store(to, f32x4.splat(0), 80);
    from += line * <usize>size;
    right += line;
  }
}

/** What changed in four numbers is added to the vectors, and taken from the other numbers of b: b −= A·Δ. */
export function storeBlock(
  rows: u32,
  size: u32,
  block: u32,
  matrices: usize,
  rights: usize,
  records: usize,
  own: usize,
): void {
  const line = (<usize>size) << 2;
  const at = (<usize>block) << 2;
  let from = matrices + <usize>block * line;
  let right = rights;
  let vector = own + at;
  const end = records + <usize>rows * recordBytes;
  for (let record = records; record < end; record += recordBytes) {
    v128.store(vector, f32x4.add(v128.load(vector), v128.load(record, 80)));
    const a = v128.load32_splat(record, 80);
    const b = v128.load32_splat(record, 84);
    const c = v128.load32_splat(record, 88);
    const d = v128.load32_splat(record, 92);
    for (let j: usize = 0; j < line; j += 16) {
      let sum = v128.load(right + j);
      sum = f32x4.sub(sum, f32x4.mul(a, v128.load(from + j)));
      sum = f32x4.sub(sum, f32x4.mul(b, v128.load(from + line + j)));
      sum = f32x4.sub(sum, f32x4.mul(c, v128.load(from + 2 * line + j)));
      sum = f32x4.sub(sum, f32x4.mul(d, v128.load(from + 3 * line + j)));
      v128.store(right + j, sum);
    }
    v128.store(right + at, v128.load(record, 64));
    from += line * <usize>size;
    right += line;
    vector += line;
  }
}

/**
 * Four numbers of every feature's vector, one feature after the other: M = Σ w²·A, Λ = α·M + diag(λ), h = α·(Σ w·b + M·y) + λ∘m over the rows that
 * have it, y ~ N(Λ⁻¹·h, Λ⁻¹); then b −= w·A·(y' − y) in each of them. `work`: 20 numbers of float64. False where a Λ is not positive definite.
 */
export function drawBlock(
  count: u32,
  start: usize,
  rows: usize,
  weights: usize,
  records: usize,
  features: usize,
  normals: usize,
  size: u32,
  precision: usize,
  mean: usize,
  alpha: f64,
  work: usize,
): bool {
  const line = (<usize>size) << 2;
  for (let feature: usize = 0; feature < <usize>count; feature++) {
    const first = load<u32>(start + (feature << 2));
    const last = load<u32>(start + (feature << 2), 4);
    const y = features + feature * line;
    gather(rows, weights, records, first, last, work);
    const before = v128.load(y);
    if (!draw(work, y, normals + feature * line, precision, mean, alpha)) return false;
    spread(rows, weights, records, first, last, f32x4.sub(v128.load(y), before));
  }
  return true;
}

function gather(rows: usize, weights: usize, records: usize, first: u32, last: u32, work: usize): void {
  memory.fill(work, 0, 160);
  for (let at = first; at < last; at += atOnce) {
    const end = rows + ((<usize>min<u32>(last, at + atOnce)) << 2);
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let r = a;
    for (let entry = rows + ((<usize>at) << 2); entry < end; entry += 4) {
      const row = <usize>load<u32>(entry);
      const record = records + row * recordBytes;
      const w = v128.load32_splat(weights + (row << 2));
      const square = f32x4.mul(w, w);
      a = f32x4.add(a, f32x4.mul(square, v128.load(record)));
      b = f32x4.add(b, f32x4.mul(square, v128.load(record, 16)));
      c = f32x4.add(c, f32x4.mul(square, v128.load(record, 32)));
      d = f32x4.add(d, f32x4.mul(square, v128.load(record, 48)));
      r = f32x4.add(r, f32x4.mul(w, v128.load(record, 64)));
    }
    addTo(work, a);
    addTo(work + 32, b);
    addTo(work + 64, c);
    addTo(work + 96, d);
    addTo(work + 128, r);
  }
}

/** What h is before the prior: Σ w·b + M·y, in one order. */
function aim(work: usize, k: usize, y: usize): f64 {
  let sum = load<f64>(work + 128 + (k << 3));
  for (let i: usize = 0; i < 4; i++) sum += load<f64>(work + (i << 5) + (k << 3)) * <f64>load<f32>(y + (i << 2));
  return sum;
}

/** A system of 4 × 4, written out: Λ = UᵀU, y' = U⁻¹·(U⁻ᵀ·h + ε). */
function draw(work: usize, y: usize, normals: usize, precision: usize, mean: usize, alpha: f64): bool {
  const l0 = load<f64>(precision);
  const l1 = load<f64>(precision, 8);
  const l2 = load<f64>(precision, 16);
  const l3 = load<f64>(precision, 24);
  const h0 = alpha * aim(work, 0, y) + l0 * load<f64>(mean);
  const h1 = alpha * aim(work, 1, y) + l1 * load<f64>(mean, 8);
  const h2 = alpha * aim(work, 2, y) + l2 * load<f64>(mean, 16);
  const h3 = alpha * aim(work, 3, y) + l3 * load<f64>(mean, 24);
  const p0 = alpha * load<f64>(work) + l0;
  const u00 = sqrt(p0);
  const u01 = (alpha * load<f64>(work, 8)) / u00;
  const u02 = (alpha * load<f64>(work, 16)) / u00;
  const u03 = (alpha * load<f64>(work, 24)) / u00;
  const p1 = alpha * load<f64>(work, 40) + l1 - u01 * u01;
  const u11 = sqrt(p1);
  const u12 = (alpha * load<f64>(work, 48) - u01 * u02) / u11;
  const u13 = (alpha * load<f64>(work, 56) - u01 * u03) / u11;
  const p2 = alpha * load<f64>(work, 80) + l2 - u02 * u02 - u12 * u12;
  const u22 = sqrt(p2);
  const u23 = (alpha * load<f64>(work, 88) - u02 * u03 - u12 * u13) / u22;
  const p3 = alpha * load<f64>(work, 120) + l3 - u03 * u03 - u13 * u13 - u23 * u23;
  if (!(p0 > 0 && p1 > 0 && p2 > 0 && p3 > 0 && p0 + p1 + p2 + p3 < f64.MAX_VALUE)) return false;
  const u33 = sqrt(p3);
  const t0 = h0 / u00;
  const t1 = (h1 - u01 * t0) / u11;
  const t2 = (h2 - u02 * t0 - u12 * t1) / u22;
  const t3 = (h3 - u03 * t0 - u13 * t1 - u23 * t2) / u33;
  const x3 = (t3 + <f64>load<f32>(normals, 12)) / u33;
  const x2 = (t2 + <f64>load<f32>(normals, 8) - u23 * x3) / u22;
  const x1 = (t1 + <f64>load<f32>(normals, 4) - u12 * x2 - u13 * x3) / u11;
  const x0 = (t0 + <f64>load<f32>(normals) - u01 * x1 - u02 * x2 - u03 * x3) / u00;
  store<f32>(y, <f32>x0);
  store<f32>(y, <f32>x1, 4);
  store<f32>(y, <f32>x2, 8);
  store<f32>(y, <f32>x3, 12);
  return true;
}

function spread(rows: usize, weights: usize, records: usize, first: u32, last: u32, change: v128): void {
  const x0 = f32x4.splat(f32x4.extract_lane(change, 0));
  const x1 = f32x4.splat(f32x4.extract_lane(change, 1));
  const x2 = f32x4.splat(f32x4.extract_lane(change, 2));
  const x3 = f32x4.splat(f32x4.extract_lane(change, 3));
  const end = rows + ((<usize>last) << 2);
  for (let entry = rows + ((<usize>first) << 2); entry < end; entry += 4) {
    const row = <usize>load<u32>(entry);
    const record = records + row * recordBytes;
    const w = v128.load32_splat(weights + (row << 2));
    let product = f32x4.mul(x0, v128.load(record));
    product = f32x4.add(product, f32x4.mul(x1, v128.load(record, 16)));
    product = f32x4.add(product, f32x4.mul(x2, v128.load(record, 32)));
    product = f32x4.add(product, f32x4.mul(x3, v128.load(record, 48)));
    v128.store(record, f32x4.sub(v128.load(record, 64), f32x4.mul(w, product)), 64);
    v128.store(record, f32x4.add(v128.load(record, 80), f32x4.mul(w, change)), 80);
  }
}
