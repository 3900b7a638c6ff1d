import { topK } from '../top-k.ts';
import { assertCount } from '../recommender-error.ts';

/** Who proposes: learnt factors, item-item weights, the group's prior, the most watched, a drawn slot. */
export const sources = ['factors', 'neighbours', 'prior', 'popular', 'exploration'] as const;
export type Source = (typeof sources)[number];

/** Scores of the whole catalogue by one proposer. */
export interface Proposer<Name extends string = Source> {
  readonly source: Name;
  readonly scores: Float32Array | Float64Array;
  /** Only items with a higher score are proposed: of the others it knows nothing. */
  readonly above?: number | undefined;
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
  const ranks = proposers.map((own) => ({ source: own.source, rankOf: ranksOf(own, depth, excluded) }));
  return items.map((index) => ({
    index,
    sources: ranks
      .flatMap(({ source, rankOf }) => (rankOf.has(index) ? [{ source, rank: rankOf.get(index)! }] : []))
      .sort((a, b) => a.rank - b.rank),
  }));
}

/** Share of wanted items that each proposer has among its first `depth`, and all of them together. */
export interface CandidateRecall<Name extends string = Source> {
  readonly together: number;
  readonly bySource: Readonly<Partial<Record<Name, number>>>;
}

/** 0 where nothing is wanted. Proposers are looked at one after the other, so they may share an array. */
export function candidateRecall<Name extends string = Source>(
  wanted: ReadonlySet<number>,
  proposers: Iterable<Proposer<Name>>,
  { depth, excluded }: { readonly depth: number; readonly excluded?: Uint8Array },
): CandidateRecall<Name> {
  assertCount(depth, 1, 'depth', 'REQUEST_INVALID');
  const found = new Set<number>();
  const bySource: Partial<Record<Name, number>> = {};
  for (const proposer of proposers) {
    const hits = [...ranksOf(proposer, depth, excluded).keys()].filter((index) => wanted.has(index));
    for (const index of hits) found.add(index);
    bySource[proposer.source] = wanted.size === 0 ? 0 : hits.length / wanted.size;
  }
  return { together: wanted.size === 0 ? 0 : found.size / wanted.size, bySource };
}

function ranksOf({ scores, above = -Infinity }: Proposer<string>, depth: number, excluded?: Uint8Array) {
  const proposed = topK(scores, depth, excluded).filter(({ score }) => score > above);
  return new Map(proposed.map(({ index }, at) => [index, at + 1]));
}
