import { cosine, diversify, exploreSlots, type ListedItem, type Model } from '@reelay/recommender';

/** What becomes of the best items before they are a list. */
export interface Arranging {
  readonly offset: number;
  readonly count: number;
  /** 0: the order of the scores; 1: each item as unlike those before it as can be. */
  readonly diversity?: number | undefined;
  readonly explore?: Exploring | undefined;
}

export interface Exploring {
  /** Share of the places that are drawn from the next best items. */
  readonly share: number;
  /** The same seed draws the same. Not 0. */
  readonly seed: number;
}

export interface ArrangedList {
  readonly items: ListedItem[];
  /** Probability of this very list; 1 where nothing is drawn. */
  readonly propensity: number;
}

/** Candidates among which another order is looked for: more cost as their square. */
const diversifiedMax = 100;
/** Drawn places hold one of so many best items. */
const exploredMax = 200;

/** How many of the best items have to be found for this. */
export function candidatesFor({ offset, count, diversity = 0, explore }: Arranging): number {
  const diversified = diversity > 0 ? diversifiedMax : 0;
  return Math.max(offset + count, diversified, explore && count > 0 ? exploredMax : 0);
}

/** Another order by likeness of factors, then what is skipped, then drawn places. */
export function arrangeList(
  model: Pick<Model, 'factorsOf'>,
  best: readonly ListedItem[],
  { offset, count, diversity = 0, explore }: Arranging,
): ArrangedList {
  const ordered = diversity > 0 ? diversified(model, best, offset + count, diversity) : best;
  const items = ordered.slice(offset, offset + count);
  return explore ? explored(items, best.slice(offset + count), explore) : { items, propensity: 1 };
}

function diversified(
  { factorsOf }: Pick<Model, 'factorsOf'>,
  best: readonly ListedItem[],
  count: number,
  diversity: number,
): ListedItem[] {
  const rows = new Map(best.map(({ index }) => [index, factorsOf(index)]));
  const pair = new Float32Array(2 * (rows.values().next().value?.length ?? 0));
  const similarity = (one: number, other: number): number => {
    pair.set(rows.get(one)!);
    pair.set(rows.get(other)!, pair.length / 2);
    return cosine(pair, pair.length / 2, 0, 1);
  };
  return diversify(best, { relevance: 1 - diversity, count, similarity });
}

function explored(items: readonly ListedItem[], others: readonly ListedItem[], explore: Exploring): ArrangedList {
  const byIndex = new Map([...items, ...others].map((item) => [item.index, item]));
  const slots = exploreSlots(
    items.map(({ index }) => index),
    others.map(({ index }) => index),
    items.length,
    { epsilon: explore.share, seed: explore.seed },
  );
  return {
    items: slots.map(({ index, explored: isDrawn }) => {
      const item = byIndex.get(index)!;
      return isDrawn ? { ...item, source: 'exploration' } : item;
    }),
    propensity: slots.reduce((product, { propensity }) => product * propensity, 1),
  };
}

/** A seed of a request: FNV-1a over its id, 32 bits, never 0. */
export function seedOf(requestId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < requestId.length; at += 1) hash = Math.imul(hash ^ requestId.charCodeAt(at), 0x01000193);
  return hash >>> 0 || 1;
}
