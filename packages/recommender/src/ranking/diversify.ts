import { assertCount, RecommenderError } from '../recommender-error.ts';
import type { ScoredItem } from '../top-k.ts';

export interface Diversity {
  /** λ: 1 keeps the order of the scores, 0 looks at similarity alone. */
  readonly relevance: number;
  readonly count: number;
  /** How alike two items of the catalogue are, about −1 to 1: cosine of factors or of genres. */
  readonly similarity: (one: number, other: number) => number;
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein 1998): next comes the candidate with the largest λ·rel − (1 − λ)·max sim to what is chosen.
 * `rel` is the score brought to 0 … 1 over the candidates, so that λ means the same for every model. Of equals the earlier candidate.
 * Looks at candidates × count pairs: hand in some hundred. Throws `REQUEST_INVALID`.
 */
export function diversify<Item extends ScoredItem>(
  candidates: readonly Item[],
  { relevance, count, similarity }: Diversity,
): Item[] {
  assertCount(count, 0, 'count', 'REQUEST_INVALID');
  if (!(relevance >= 0 && relevance <= 1))
    throw new RecommenderError('REQUEST_INVALID', `relevance ${relevance} is not from 0 to 1`);
  const scores = candidates.map(({ score }) => score);
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  const left = candidates.map((candidate) => ({
    candidate,
    relevance: most === least ? 1 : (candidate.score - least) / (most - least),
    nearest: 0,
  }));
  const chosen: Item[] = [];
  while (chosen.length < count && left.length > 0) {
    const worth = ({ relevance: own, nearest }: (typeof left)[number]) => relevance * own - (1 - relevance) * nearest;
    let best = 0;
    for (let at = 1; at < left.length; at += 1) if (worth(left[at]) > worth(left[best])) best = at;
    const [{ candidate }] = left.splice(best, 1);
    for (const other of left) {
      const alike = similarity(other.candidate.index, candidate.index);
      other.nearest = chosen.length === 0 ? alike : Math.max(other.nearest, alike);
    }
    chosen.push(candidate);
  }
  return chosen;
}
