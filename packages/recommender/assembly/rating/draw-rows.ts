import { factorise } from '../normal-equations';

/**
 * Own vectors of all rows: y ~ N(Λ⁻¹·h, Λ⁻¹), Λ = α·A + diag(λ), h = α·(b + A·y) + λ∘m, by Λ = UᵀU and U·y = U⁻ᵀ·h + ε. What changes is added to
 * `own` and taken from `rights`. `work` holds size × (size + 2) numbers of float64. False where a Λ is not positive definite.
 */
export function drawRows(
  rows: u32,
  size: u32,
  matrices: usize,
  rights: usize,
  own: usize,
  features: usize,
  normals: usize,
  precision: usize,
  mean: usize,
  alpha: f64,
  work: usize,
): bool {
  const line = (<usize>size) << 2;
  const area = line * <usize>size;
  const inverse = work + (area << 1);
  const right = inverse + (line << 1);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const matrix = matrices + row * area;
    const at = row * line;
    weigh(matrix, line, precision, alpha, work);
    aim(matrix, line, rights + at, features + at, precision, mean, alpha, right);
    if (!factorise(work, inverse, size)) return false;
    solve(work, inverse, right, normals + at, line);
    move(matrix, line, right, features + at, own + at, rights + at);
  }
  return true;
}

/** α·A + diag(λ), the upper triangle with the tiles of the diagonal. */
function weigh(matrix: usize, line: usize, precision: usize, alpha: f64, to: usize): void {
  const scale = f64x2.splat(alpha);
  for (let i: usize = 0; i < line; i += 4) {
    const from = matrix + (i >> 2) * line;
    const row = to + (i >> 2) * (line << 1);
    for (let j = i & ~15; j < line; j += 8) {
      v128.store(row + (j << 1), f64x2.mul(scale, f64x2.promote_low_f32x4(v128.load64_zero(from + j))));
    }
    const corner = row + (i << 1);
    store<f64>(corner, load<f64>(corner) + load<f64>(precision + (i << 1)));
  }
}

/** right = α·(b + A·y) + λ∘m. */
function aim(
  matrix: usize,
  line: usize,
  rights: usize,
  features: usize,
  precision: usize,
  mean: usize,
  alpha: f64,
  right: usize,
): void {
  const scale = f64x2.splat(alpha);
  for (let j: usize = 0; j < line; j += 8) {
    let sum = f64x2.promote_low_f32x4(v128.load64_zero(rights + j));
    let from = matrix + j;
    for (let i: usize = 0; i < line; i += 4, from += line) {
      const y = f64x2.splat(<f64>load<f32>(features + i));
      sum = f64x2.add(sum, f64x2.mul(y, f64x2.promote_low_f32x4(v128.load64_zero(from))));
    }
    const prior = f64x2.mul(v128.load(precision + (j << 1)), v128.load(mean + (j << 1)));
    v128.store(right + (j << 1), f64x2.add(f64x2.mul(scale, sum), prior));
  }
}

/** right = U⁻¹·(U⁻ᵀ·right + ε). */
function solve(matrix: usize, inverse: usize, right: usize, normals: usize, floats: usize): void {
  const line = floats << 1;
  for (let k: usize = 0; k < line; k += 8) {
    const row = matrix + (k >> 3) * line;
    const value = load<f64>(right + k) * load<f64>(inverse + k);
    const x = f64x2.splat(value);
    for (let j = (k + 8) & ~15; j < line; j += 16) {
      v128.store(right + j, f64x2.sub(v128.load(right + j), f64x2.mul(v128.load(row + j), x)));
    }
    store<f64>(right + k, value + <f64>load<f32>(normals + (k >> 1)));
  }
  for (let i = line - 8; <isize>i >= 0; i -= 8) {
    const row = matrix + (i >> 3) * line;
    const own = load<f64>(right + i);
    store<f64>(right + i, 0);
    let sum = f64x2.splat(0);
    // From the pair that holds the next place: where it holds this one too, that is 0 now.
    for (let k = (i + 8) & ~15; k < line; k += 16) {
      sum = f64x2.add(sum, f64x2.mul(v128.load(row + k), v128.load(right + k)));
    }
    const rest = own - (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
    store<f64>(right + i, rest * load<f64>(inverse + i));
  }
}

/** y' = right; own += y' − y; rights −= A·(y' − y). */
function move(matrix: usize, line: usize, right: usize, features: usize, own: usize, rights: usize): void {
  for (let i: usize = 0; i < line; i += 4) {
    const drawn = <f32>load<f64>(right + (i << 1));
    const change = drawn - load<f32>(features + i);
    store<f32>(features + i, drawn);
    store<f32>(own + i, load<f32>(own + i) + change);
    store<f32>(right + i, change);
  }
  for (let j: usize = 0; j < line; j += 16) {
    let sum = v128.load(rights + j);
    let from = matrix + j;
    for (let i: usize = 0; i < line; i += 4, from += line) {
      sum = f32x4.sub(sum, f32x4.mul(v128.load32_splat(right + i), v128.load(from)));
    }
    v128.store(rights + j, sum);
  }
}
