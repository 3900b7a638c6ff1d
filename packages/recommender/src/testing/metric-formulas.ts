/**
 * Every figure once more, written from its formula and sharing no code with the evaluation. Lists hold each item once.
 */

const log2 = (value: number): number => Math.log(value) / Math.LN2;
const gainAt = (place: number): number => 1 / log2(place + 1);
const isRelevant = (item: number, relevant: readonly number[]): boolean => relevant.includes(item);

/** Σ gain(place) of hits up to k / Σ gain(place) for places 1 … min(k, |relevant|). */
export function ndcgFormula(list: readonly number[], relevant: readonly number[], k: number): number {
  if (relevant.length === 0) return 0;
  let dcg = 0;
  let idcg = 0;
  for (let place = 1; place <= k; place++) {
    if (place <= list.length && isRelevant(list[place - 1], relevant)) dcg += gainAt(place);
    if (place <= relevant.length) idcg += gainAt(place);
  }
  return dcg / idcg;
}

const hitsFormula = (list: readonly number[], relevant: readonly number[], k: number): number =>
  list.filter((item, at) => at + 1 <= k && isRelevant(item, relevant)).length;

export const recallFormula = (list: readonly number[], relevant: readonly number[], k: number): number =>
  relevant.length === 0 ? 0 : hitsFormula(list, relevant, k) / relevant.length;

export const precisionFormula = (list: readonly number[], relevant: readonly number[], k: number): number =>
  hitsFormula(list, relevant, k) / k;

export const hitFormula = (list: readonly number[], relevant: readonly number[], k: number): number =>
  Math.min(1, hitsFormula(list, relevant, k));

export function reciprocalRankFormula(list: readonly number[], relevant: readonly number[], k: number): number {
  for (let place = 1; place <= Math.min(k, list.length); place++)
    if (isRelevant(list[place - 1], relevant)) return 1 / place;
  return 0;
}

export const rmseFormula = (predicted: readonly number[], actual: readonly number[]): number =>
  Math.hypot(...predicted.map((value, at) => value - actual[at])) / Math.sqrt(actual.length);

export const maeFormula = (predicted: readonly number[], actual: readonly number[]): number =>
  predicted.map((value, at) => Math.abs(value - actual[at])).reduce((a, b) => a + b, 0) / actual.length;

/** Mean absolute difference of all pairs, by twice the mean. */
export function giniFormula(lists: readonly (readonly number[])[], items: number): number {
  const shown = Array.from({ length: items }, (_, item) => lists.flat().filter((one) => one === item).length);
  const mean = shown.reduce((a, b) => a + b, 0) / items;
  let differences = 0;
  for (const a of shown) for (const b of shown) differences += Math.abs(a - b);
  return mean === 0 ? 0 : differences / (2 * items * items * mean);
}

export const coverageFormula = (lists: readonly (readonly number[])[], items: number): number =>
  Array.from({ length: items }, (_, item) => lists.some((list) => list.includes(item))).filter(Boolean).length / items;

export const noveltyFormula = (list: readonly number[], watchers: readonly number[], users: number): number =>
  list.map((item) => log2(users / Math.max(1, watchers[item]))).reduce((a, b) => a + b, 0) / list.length;

/** Genres as vectors of 0 and 1 over all genres. */
export function diversityFormula(list: readonly number[], genres: readonly (readonly string[])[]): number {
  const all = [...new Set(genres.flat())];
  const vector = (item: number) => all.map((genre) => (genres[item].includes(genre) ? 1 : 0));
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * b[at], 0);
  const pairs: number[] = [];
  list.forEach((a, first) => {
    list.slice(first + 1).forEach((b) => {
      const [x, y] = [vector(a), vector(b)];
      const lengths = Math.sqrt(dot(x, x)) * Math.sqrt(dot(y, y));
      pairs.push(1 - (lengths === 0 ? 0 : dot(x, y) / lengths));
    });
  });
  return pairs.reduce((a, b) => a + b, 0) / pairs.length;
}

export function calibrationFormula(
  list: readonly number[],
  history: readonly number[],
  genres: readonly (readonly string[])[],
): number {
  const all = [...new Set(genres.flat())];
  const distribution = (items: readonly number[], weight: (at: number) => number): number[] => {
    const mass = all.map((genre) =>
      items.reduce((sum, item, at) => sum + (genres[item].includes(genre) ? weight(at) / genres[item].length : 0), 0),
    );
    const total = mass.reduce((a, b) => a + b, 0);
    return mass.map((value) => value / total);
  };
  const p = distribution(history, () => 1);
  const q = distribution(list, (at) => 1 / log2(at + 2));
  return p.reduce((sum, share, at) => (share === 0 ? sum : sum + share * Math.log(share / (0.99 * q[at] + 0.01 * share))), 0); // prettier-ignore
}
