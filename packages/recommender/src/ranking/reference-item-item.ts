import type { Interactions } from '../interactions.ts';
import type { Sequences } from './sequences.ts';

/** Slow twins of the item-item models, written from their formulas in float64; checks compare the fast code with them. */

type Matrix = number[][];

const square = (size: number): Matrix => Array.from({ length: size }, () => Array.from({ length: size }, () => 0));

/** EASE: P = (Σ n^−damping·x·xᵀ, its diagonal divided by 1 − p, + λI)⁻¹, B_ij = −P_ij/P_jj, B_ii = 0. */
export function easeReference(
  { users, items, userStart, item, confidence }: Interactions,
  { ridge, dropout, userDamping }: { ridge: number; dropout: number; userDamping: number },
): Matrix {
  const gram = square(items);
  for (let user = 0; user < users; user += 1) {
    const [start, end] = [userStart[user], userStart[user + 1]];
    for (let a = start; a < end; a += 1)
      for (let b = start; b < end; b += 1)
        gram[item[a]][item[b]] += (confidence[a] * confidence[b]) / (end - start) ** userDamping;
  }
  for (let at = 0; at < items; at += 1) gram[at][at] = gram[at][at] / (1 - dropout) + ridge;
  const inverse = invert(gram);
  return inverse.map((row, i) => row.map((value, j) => (i === j ? 0 : -value / inverse[j][j])));
}

/** Transitions: B = (Σ γ^|distance|, its diagonal divided by 1 − p, + λI)⁻¹·Σ γ^(distance − 1) of what came after. */
export function transitionReference(
  { users, items, userStart, item }: Sequences,
  { ridge, dropout, halfLife }: { ridge: number; dropout: number; halfLife: number },
): Matrix {
  const [together, after] = [square(items), square(items)];
  for (let user = 0; user < users; user += 1) {
    for (let a = userStart[user]; a < userStart[user + 1]; a += 1) {
      for (let b = userStart[user]; b < userStart[user + 1]; b += 1) {
        const distance = Math.abs(a - b);
        // What is further than so many half-lives does not count.
        if (distance >= Math.ceil(-Math.log2(0.02) * halfLife)) continue;
        together[item[a]][item[b]] += 2 ** (-distance / halfLife);
        if (b > a) after[item[a]][item[b]] += 2 ** (-(distance - 1) / halfLife);
      }
    }
  }
  for (let at = 0; at < items; at += 1) together[at][at] = together[at][at] / (1 - dropout) + ridge;
  const inverse = invert(together);
  return inverse.map((row) => after[0].map((_, j) => row.reduce((sum, value, k) => sum + value * after[k][j], 0)));
}

/** Gauss and Jordan's elimination with row exchange. */
export function invert(matrix: Matrix): Matrix {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < size; k += 1) {
    let pivot = k;
    for (let i = k; i < size; i += 1) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    const own = rows[k].map((value) => value / rows[k][k]);
    rows[k] = own;
    for (let i = 0; i < size; i += 1) {
      if (i === k || rows[i][k] === 0) continue;
      const ratio = rows[i][k];
      rows[i] = rows[i].map((value, j) => value - ratio * own[j]);
    }
  }
  return rows.map((row) => row.slice(size));
}
