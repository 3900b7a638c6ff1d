import type { HistoryItem, Model } from './model.ts';
import { RecommenderError } from './recommender-error.ts';
import type { ScoredItem } from './top-k.ts';

/** A question whose answer was written down when the model was made. */
export interface Probe {
  readonly history: readonly HistoryItem[];
  readonly group: number;
  /** What `recommend` gave for it, nothing else seen. */
  readonly expected: readonly ScoredItem[];
}

/**
 * Of the largest score. Scores are float32 and sums of some hundred products; kernels that fuse products and sums differ in the last bits, and so
 * may two machines. What is damaged differs by far more.
 */
const tolerance = 2e-5;

/**
 * Asks a loaded model a question with a known answer. Throws `MODEL_INVALID` when another list or another score comes back; two items whose
 * expected scores are nearer than the tolerance may have changed places, the last one also with an item behind it.
 */
export function assertProbe(model: Pick<Model, 'recommend'>, { history, group, expected }: Probe): void {
  const given = model.recommend({ history, seen: [], group, count: expected.length });
  const largest = expected.reduce((most, { score }) => Math.max(most, Math.abs(score)), 0);
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= tolerance * largest;
  const scoreOf = new Map(expected.map(({ index, score }) => [index, score]));
  const wrong = expected.findIndex(({ index, score }, place) => {
    const own = given[place];
    if (own === undefined || !near(own.score, score)) return true;
    const known = scoreOf.get(own.index) ?? expected[expected.length - 1].score;
    return own.index !== index && !(near(known, score) && near(known, own.score));
  });
  if (wrong === -1 && expected.length > 0 && given.length === expected.length) return;
  throw new RecommenderError('MODEL_INVALID', `the probe of ${expected.length} places fails at place ${wrong}`);
}
