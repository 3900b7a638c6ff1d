import type { Sequences } from './sequences.ts';

/** Sums of one item against all others, by place. */
export interface TransitionRow {
  /** Σ γ^distance over all pairs with this item, both ways; with itself 1 a time. */
  readonly together: Float64Array;
  /** Σ γ^(distance − 1) over what came after this item. */
  readonly after: Float64Array;
}

/** Distances at which a weight is below this do not count. */
const weightMin = 0.02;

/** Sums the neighbourhoods of one item after the other; the rows are written to the same memory again and again. */
export function createTransitionRows(sequences: Sequences, halfLife: number): (place: number) => TransitionRow {
  const { items, item } = sequences;
  const weights = weightsUntil(halfLife);
  const { start, occurrence, userEnd, userBegin } = occurrences(sequences);
  const row = { together: new Float64Array(items), after: new Float64Array(items) };
  return (place) => {
    const { together, after } = row;
    together.fill(0);
    after.fill(0);
    for (let n = start[place]; n < start[place + 1]; n += 1) {
      const at = occurrence[n];
      const last = Math.min(userEnd[n] - at - 1, weights.length - 1);
      const first = Math.min(at - userBegin[n], weights.length - 1);
      together[place] += 1;
      for (let distance = 1; distance <= last; distance += 1) {
        together[item[at + distance]] += weights[distance];
        after[item[at + distance]] += weights[distance - 1];
      }
      for (let distance = 1; distance <= first; distance += 1) together[item[at - distance]] += weights[distance];
    }
    return row;
  };
}

/** γ^0, γ^1, … with γ = 2^(−1/halfLife). */
function weightsUntil(halfLife: number): Float64Array {
  const count = Math.max(2, Math.ceil(-Math.log2(weightMin) * halfLife));
  return Float64Array.from({ length: count }, (_, distance) => 2 ** (-distance / halfLife));
}

/** Where each item stands in the sequences, and the bounds of its user there. */
function occurrences({ users, items, userStart, item }: Sequences) {
  const start = new Int32Array(items + 1);
  for (const place of item) start[place + 1] += 1;
  for (let place = 0; place < items; place += 1) start[place + 1] += start[place];
  const next = start.slice();
  const [occurrence, userBegin, userEnd] = [0, 1, 2].map(() => new Int32Array(item.length));
  for (let user = 0; user < users; user += 1) {
    for (let at = userStart[user]; at < userStart[user + 1]; at += 1) {
      const n = next[item[at]]++;
      occurrence[n] = at;
      userBegin[n] = userStart[user];
      userEnd[n] = userStart[user + 1];
    }
  }
  return { start, occurrence, userBegin, userEnd };
}
