import {
  addItemScores,
  blendScores,
  buildInteractions,
  buildSequences,
  createFactorScorer,
  defaultObjective,
  trainEase,
  type EaseSettings,
  type TransitionSettings,
} from '../../packages/recommender/src/index.ts';
import { trainEaseInThreads, trainTransitionInThreads } from '../../services/trainer/src/ranking/train-in-parts.ts';
import { trainInThreads } from '../../services/trainer/src/train-in-threads.ts';
import type { RankedRow } from './ranking-movielens.ts';

/** Settings of a blend; each part's `weight` counts its z-scores. All were chosen on validation parts of the sets, never on the test part. */
export interface BlendSettings {
  readonly ease?: EaseSettings & { readonly weight: number; readonly halfLife?: number };
  readonly als?: {
    readonly factors: number;
    readonly sweeps: number;
    readonly regularisation: number;
    readonly alpha0: number;
    readonly weight: number;
    /** So many trainings from different starts, averaged. */
    readonly starts?: number;
  };
  readonly transition?: TransitionSettings & { readonly weight: number };
  /** Confidence of a rating, in training and in a history: base + perPoint·rating; 1 where it is left out. */
  readonly confidence?: { readonly base: number; readonly perPoint: number };
}

/** Scores of all items for a history, oldest first; `excluded` items are no candidates. The array is reused. */
export type BlendScorer = (history: readonly RankedRow[], excluded: Uint8Array) => Float32Array;

const threads = 2;

interface WeighedScorer {
  readonly weight: number;
  readonly scores: Float32Array;
  score(history: readonly RankedRow[]): void;
}

/** Trains the parts one after the other; all scores come from the history alone, so unknown users are scored as known ones are. */
export async function trainBlend(
  size: { readonly users: number; readonly items: number },
  rows: readonly RankedRow[],
  settings: BlendSettings,
  seed: number,
): Promise<BlendScorer> {
  const parts: WeighedScorer[] = [];
  const { base, perPoint } = settings.confidence ?? { base: 1, perPoint: 0 };
  const confidenceOf = ({ rating }: RankedRow): number => base + perPoint * rating;
  const matrix = buildInteractions(
    rows.map((row) => ({ user: row.user, item: row.item, confidence: confidenceOf(row) })),
    size,
  );
  const { ease, als, transition } = settings;
  if (ease) {
    const weights = size.items > 2_000 ? await trainEaseInThreads(matrix, ease, { threads }) : trainEase(matrix, ease);
    parts.push(itemScorer(size.items, weights, { ...ease, confidenceOf }));
  }
  for (const start of als ? Array.from({ length: als.starts ?? 1 }).keys() : []) {
    const { factors, sweeps, alpha0, regularisation } = als!;
    const objective = { ...defaultObjective, alpha0, regularisation, nu: 1 };
    const trained = await trainInThreads(matrix, { factors, sweeps, objective, seed: 100 * seed + start }, { threads });
    const scorer = createFactorScorer(trained.itemFactors, factors, objective);
    const scores = new Float32Array(size.items);
    const score = (history: readonly RankedRow[]): void =>
      scorer.scoreInto(
        history.map((row) => ({ index: row.item, value: confidenceOf(row) })),
        scores,
      );
    parts.push({ weight: als!.weight / (als!.starts ?? 1), scores, score });
  }
  if (transition) {
    const weights = await trainTransitionInThreads(buildSequences(rows, size), transition, { threads });
    parts.push(itemScorer(size.items, weights, { ...transition, confidenceOf: () => 1 }));
  }
  const out = new Float32Array(size.items);
  return (history, excluded) => {
    for (const part of parts) part.score(history);
    blendScores(parts, excluded, out);
    return out;
  };
}

function itemScorer(
  items: number,
  weights: Parameters<typeof addItemScores>[0],
  {
    weight,
    halfLife,
    confidenceOf,
  }: {
    readonly weight: number;
    readonly halfLife?: number;
    readonly confidenceOf: (row: RankedRow) => number;
  },
): WeighedScorer {
  const scores = new Float32Array(items);
  const score = (history: readonly RankedRow[]): void => {
    scores.fill(0);
    const counted = history.map((row, at) => ({
      index: row.item,
      value: confidenceOf(row) * (halfLife === undefined ? 1 : 2 ** ((at + 1 - history.length) / halfLife)),
    }));
    addItemScores(weights, counted, scores);
  };
  return { weight, scores, score };
}

/** One line that names every setting. */
export function describeBlend({ ease, als, transition, confidence }: BlendSettings): string {
  const parts = [
    als &&
      `${als.weight} iALS d=${als.factors}${als.starts ? ` × ${als.starts}` : ''} ${als.sweeps} sweeps reg ${als.regularisation} α₀ ${als.alpha0}`,
    ease &&
      `${ease.weight} EASE λ ${ease.ridge} p ${ease.dropout} damping ${ease.userDamping}${ease.halfLife ? ` half-life ${ease.halfLife}` : ''}`,
    transition && `${transition.weight} transitions λ ${transition.ridge} half-life ${transition.halfLife}`,
    confidence && `confidence ${confidence.base} + ${confidence.perPoint}·rating`,
  ];
  return `${parts.filter(Boolean).join(' + ')}, ${threads} threads`;
}
