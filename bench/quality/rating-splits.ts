/** Draws that a seed decides (mulberry32). */
export function createDraws(seed: number) {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 0x1_0000_0000) * limit);
  };
  return {
    below,
    /** All rows, each in one of `count` parts whose sizes differ by one at most. */
    parts<T>(rows: readonly T[], count: number): T[][] {
      const order = rows.slice();
      for (let at = order.length - 1; at > 0; at -= 1) {
        const other = below(at + 1);
        [order[at], order[other]] = [order[other], order[at]];
      }
      const bounds = Array.from({ length: count + 1 }, (_, part) => Math.floor((part * rows.length) / count));
      return Array.from({ length: count }, (_, part) => order.slice(bounds[part], bounds[part + 1]));
    },
  };
}
