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

/** Two machines may differ in the last digits of a logarithm, never by this much. */
const tolerance = 1e-6;

/** Asks a loaded model a question with a known answer. Throws `MODEL_INVALID` when another list or another score comes back. */
export function assertProbe(model: Model, { history, group, expected }: Probe): void {
  const given = model.recommend({ history, seen: [], group, count: expected.length });
  const wrong = expected.findIndex(({ index, score }, place) => {
    const own = given[place];
    return own?.index !== index || !(Math.abs(own.score - score) <= tolerance);
  });
  if (wrong === -1 && expected.length > 0) return;
  throw new RecommenderError('MODEL_INVALID', `the probe of ${expected.length} places fails at place ${wrong}`);
}
