import { assertCount, RecommenderError } from '../recommender-error.ts';
import { share } from '../share-memory.ts';
import type { ItemItemPlan } from './item-item-plan.ts';
import { openColumns } from './kept-columns.ts';
import { keepItems } from './kept-items.ts';
import { mostInteracted } from './most-interacted.ts';
import type { Sequences } from './sequences.ts';
import { tilesOf } from './tile-layout.ts';
import { takeTileMemory } from './tile-memory.ts';
import { inversePhases, inverseProducts } from './tiled-inverse.ts';
import { layOutProduct } from './tiled-product.ts';
import { turnsMemory } from './turns.ts';

export interface TransitionSettings {
  readonly itemsMax: number;
  readonly weightsKept: number;
  /** λ; > 0. */
  readonly ridge: number;
  /** p of the diagonal's growth, as in EASE. */
  readonly dropout: number;
  /** Items further back count half after so many. */
  readonly halfLife: number;
}

export const defaultTransition: TransitionSettings = {
  itemsMax: 8_000,
  weightsKept: 300,
  ridge: 20,
  dropout: 0,
  halfLife: 5,
};

/** Training of transitions before it begins; as `EasePlan`. */
export interface TransitionPlan extends ItemItemPlan {
  readonly settings: TransitionSettings;
  /** Items are places. */
  readonly sequences: Sequences;
}

/** Throws `DATA_INVALID` where there is nothing to learn from, the settings are not usable or the memory is not to be had. */
export function planTransition(sequences: Sequences, settings: TransitionSettings, { parts = 1 } = {}): TransitionPlan {
  assertTransition(settings);
  if (sequences.item.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no interaction to train on');
  const itemAt = mostInteracted(sequences, settings.itemsMax);
  const places = itemAt.length;
  const tiles = tilesOf(places);
  const memory = takeTileMemory(layOutProduct({ places, parts }).end, `${places} items`);
  const { userStart, item } = keepItems(sequences, itemAt);
  return {
    settings,
    places,
    parts,
    memory,
    items: sequences.items,
    itemAt,
    sequences: { users: sequences.users, items: places, userStart: share(userStart), item: share(item) },
    turns: turnsMemory(inversePhases(tiles) + 3),
    products: inverseProducts(tiles) + tiles ** 3,
    ...openColumns(places, Math.min(settings.weightsKept, places)),
  };
}

function assertTransition({ itemsMax, weightsKept, ridge, dropout, halfLife }: TransitionSettings): void {
  assertCount(itemsMax, 1, 'itemsMax', 'DATA_INVALID');
  assertCount(weightsKept, 1, 'weightsKept', 'DATA_INVALID');
  for (const [name, value] of Object.entries({ ridge, halfLife }))
    if (!(value > 0 && value < Infinity))
      throw new RecommenderError('DATA_INVALID', `${name} ${value} is not a positive number`);
  if (!(dropout >= 0 && dropout < 1))
    throw new RecommenderError('DATA_INVALID', `dropout ${dropout} is not from 0 to below 1`);
}
