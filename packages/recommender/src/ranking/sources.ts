import { topK } from '../top-k.ts';
import { assertCount } from '../recommender-error.ts';

/** Who proposes: learnt factors, item-item weights, the group's prior, the most watched, a drawn slot. */
export const sources = ['factors', 'neighbours', 'prior', 'popular', 'exploration'] as const;
export type Source = (typeof sources)[number];

/** Scores of the whole catalogue by one proposer. */
export interface Proposer {
  readonly source: Source;
  readonly scores: Float32Array;
}

/** A recommended item and who ranked it among its first `depth`, the one that ranked it highest first. */
export interface SourcedItem {
  readonly index: number;
  readonly sources: readonly { readonly source: Source; readonly rank: number }[];
}

/** Ranks count from 1. An item that no proposer has that high has no source: the blend alone brought it up. */
export function sourcesOf(
  items: readonly number[],
  proposers: readonly Proposer[],
  { depth, excluded }: { readonly depth: number; readonly excluded?: Uint8Array },
): SourcedItem[] {
  const ranks = proposers.map(({ source, scores }) => ({ source, rankOf: ranksOf(scores, depth, excluded) }));
  return items.map((index) => ({
    index,
    sources: ranks
      .flatMap(({ source, rankOf }) => (rankOf.has(index) ? [{ source, rank: rankOf.get(index)! }] : []))
      .sort((a, b) => a.rank - b.rank),
  }));
}

/** Share of the wanted items that each proposer has among its first `depth`, and all of them together; 0 where nothing is wanted. */
export function candidateRecall(
  wanted: ReadonlySet<number>,
  proposers: readonly Proposer[],
  { depth, excluded }: { readonly depth: number; readonly excluded?: Uint8Array },
): { readonly together: number; readonly bySource: Readonly<Partial<Record<Source, number>>> } {
  assertCount(depth, 1, 'depth', 'REQUEST_INVALID');
  const found = new Set<number>();
  const bySource: Partial<Record<Source, number>> = {};
  for (const { source, scores } of proposers) {
    const hits = [...ranksOf(scores, depth, excluded).keys()].filter((index) => wanted.has(index));
    for (const index of hits) found.add(index);
    bySource[source] = wanted.size === 0 ? 0 : hits.length / wanted.size;
  }
  return { together: wanted.size === 0 ? 0 : found.size / wanted.size, bySource };
}

const ranksOf = (scores: Float32Array, depth: number, excluded?: Uint8Array): Map<number, number> =>
  new Map(topK(scores, depth, excluded).map(({ index }, at) => [index, at + 1]));
