import { RecommenderError } from '../recommender-error.ts';

/** Scores of all items by one model, and how much they count. */
export interface BlendPart {
  readonly scores: Float32Array;
  readonly weight: number;
}

/**
 * z = (s − mean) / deviation over the candidates (where `excluded` is 0), in place. Where candidates do not differ all become 0: dividing by
 * rounding would make an order out of nothing. Throws `NUMERIC_FAILURE` for a score that is not finite.
 */
export function standardiseCandidates(scores: Float32Array, excluded: Uint8Array): void {
  let [count, sum] = [0, 0];
  for (let item = 0; item < scores.length; item += 1) {
    if (excluded[item] !== 0) continue;
    sum += scores[item];
    count += 1;
  }
  if (!Number.isFinite(sum)) throw new RecommenderError('NUMERIC_FAILURE', 'a score is not a finite number');
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (let item = 0; item < scores.length; item += 1) if (excluded[item] === 0) squares += (scores[item] - mean) ** 2;
  const deviation = count === 0 ? 0 : Math.sqrt(squares / count);
  const scale = deviation <= 1e-6 * Math.abs(mean) ? 0 : 1 / deviation;
  for (let item = 0; item < scores.length; item += 1) scores[item] = scale * (scores[item] - mean);
}

/** out = Σ weight·z(scores), z over the candidates of this user. Changes the scores of the parts. Throws `DATA_INVALID`, `NUMERIC_FAILURE`. */
export function blendScores(parts: readonly BlendPart[], excluded: Uint8Array, out: Float32Array): void {
  out.fill(0);
  for (const { scores, weight } of parts) {
    if (scores.length !== out.length || !Number.isFinite(weight))
      throw new RecommenderError('DATA_INVALID', `${scores.length} scores of weight ${weight} for ${out.length} items`);
    if (weight === 0) continue;
    standardiseCandidates(scores, excluded);
    for (let item = 0; item < out.length; item += 1) out[item] += weight * scores[item];
  }
}

/** n/(n + k) of the personal scores and k/(n + k) of the prior's, both z-scores already; k in items of the history. */
export function handOver(personal: Float32Array, prior: Float32Array, n: number, k: number): void {
  const share = n === 0 ? 0 : n / (n + k);
  for (let item = 0; item < personal.length; item += 1)
    personal[item] = share * personal[item] + (1 - share) * prior[item];
}

/** Weights that were tried on validation users, and what came of them. */
export interface WeightTrial {
  readonly weights: readonly number[];
  readonly figure: number;
}

/**
 * All shares of `parts` models in steps of 1/steps that sum to 1, tried on validation users and never on test ones; the best, and of equal ones
 * the first, and the table of trials.
 */
export function chooseWeights(
  parts: number,
  steps: number,
  figureOf: (weights: readonly number[]) => number,
): { readonly best: WeightTrial; readonly trials: readonly WeightTrial[] } {
  const trials = sharesOf(parts, steps).map((shares): WeightTrial => {
    const weights = shares.map((share) => share / steps);
    return { weights, figure: figureOf(weights) };
  });
  const best = trials.reduce((best, trial) => (trial.figure > best.figure ? trial : best));
  return { best, trials };
}

/** All ways to share out so many whole steps. */
function sharesOf(parts: number, steps: number): number[][] {
  if (parts === 1) return [[steps]];
  return Array.from({ length: steps + 1 }, (_, own) =>
    sharesOf(parts - 1, steps - own).map((rest) => [own, ...rest]),
  ).flat();
}
