/** Float32 tiles of `side` × `side`, row after row; `side` is a multiple of 8. */
function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Not 0 where a product and its sum are rounded once: (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴, which two roundings lose. */
export function fuses(): bool {
  const a = f32x4.splat(1 + 1.0 / 4096);
  return f32x4.extract_lane(madd(a, a, f32x4.splat(-(1 + 2.0 / 4096))), 0) != 0;
}

/** The tile's columns in strips of four, each number times `sign`: a strip's four numbers of a row, then those of the next row. */
export function packFours(tile: usize, to: usize, side: u32, sign: f32): void {
  const line = (<usize>side) << 2;
  const factor = f32x4.splat(sign);
  for (let column: usize = 0; column < line; column += 16) {
    for (let at = tile + column, end = at + line * side; at < end; at += line, to += 16) {
      v128.store(to, f32x4.mul(v128.load(at), factor));
    }
  }
}

/** The tile's columns in strips of eight. */
export function packEights(tile: usize, to: usize, side: u32): void {
  const line = (<usize>side) << 2;
  for (let column: usize = 0; column < line; column += 32) {
    for (let at = tile + column, end = at + line * side; at < end; at += line, to += 32) {
      v128.store(to, v128.load(at));
      v128.store(to, v128.load(at, 16), 16);
    }
  }
}

/** The tile with rows and columns exchanged, four by four. */
export function transposeTile(tile: usize, to: usize, side: u32): void {
  const line = (<usize>side) << 2;
  for (let row: usize = 0; row < <usize>side; row += 4) {
    for (let column: usize = 0; column < <usize>side; column += 4) {
      let at = tile + row * line + (column << 2);
      const a = v128.load(at);
      at += line;
      const b = v128.load(at);
      at += line;
      const c = v128.load(at);
      const d = v128.load(at + line);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      at = to + column * line + (row << 2);
      v128.store(at, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
      at += line;
      v128.store(at, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
      at += line;
      v128.store(at, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
      v128.store(at + line, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
    }
  }
}

/** tile += leftᵀ·right, `left` in strips of four and `right` in strips of eight: their strips are read one after the other and stay in the cache. */
export function multiplyTile(tile: usize, left: usize, right: usize, side: u32): void {
  const line = (<usize>side) << 2;
  const zero = f32x4.splat(0);
  for (let j: usize = 0; j < line; j += 32) {
    for (let i: usize = 0; i < <usize>side; i += 4) {
      let a0 = zero;
      let a1 = zero;
      let b0 = zero;
      let b1 = zero;
      let c0 = zero;
      let c1 = zero;
      let d0 = zero;
      let d1 = zero;
      let w = left + i * line;
      let h = right + j * side;
      for (const end = w + (line << 2); w < end; w += 16, h += 32) {
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
      let at = tile + i * line + j;
      v128.store(at, f32x4.add(v128.load(at), a0));
      v128.store(at, f32x4.add(v128.load(at, 16), a1), 16);
      at += line;
      v128.store(at, f32x4.add(v128.load(at), b0));
      v128.store(at, f32x4.add(v128.load(at, 16), b1), 16);
      at += line;
      v128.store(at, f32x4.add(v128.load(at), c0));
      v128.store(at, f32x4.add(v128.load(at, 16), c1), 16);
      at += line;
      v128.store(at, f32x4.add(v128.load(at), d0));
      v128.store(at, f32x4.add(v128.load(at, 16), d1), 16);
    }
  }
}
