import type { Interactions } from '../interactions.ts';
import { assertCount, assertNotNegative, RecommenderError } from '../recommender-error.ts';
import type { BothSides } from './gram-tiles.ts';
import { openColumns, type KeptColumns } from './kept-columns.ts';
import { keepInteractions } from './kept-items.ts';
import { mostInteracted } from './most-interacted.ts';
import { layOutTiles, tilesOf, type TilePlan } from './tile-layout.ts';
import { takeTileMemory } from './tile-memory.ts';
import { inversePhases, inverseProducts } from './tiled-inverse.ts';
import { productsDone, turnsMemory } from './turns.ts';

export interface EaseSettings {
  /** The so many most interacted items have weights; the memory grows with its square, the time with its third power. */
  readonly itemsMax: number;
  /** Weights kept of each column, the largest. */
  readonly weightsKept: number;
  /** λ, added to the diagonal; > 0. */
  readonly ridge: number;
  /** p: the diagonal also grows by p/(1 − p) of itself, as if that share of every history were hidden in training (Steck 2020); from 0 to below 1. */
  readonly dropout: number;
  /** A user of n items counts n^−damping: long histories would else say what most people watch. */
  readonly userDamping: number;
}

/** A start for some thousand titles; the settings that were chosen by measuring stand in docs/ranking.md. */
export const defaultEase: EaseSettings = { itemsMax: 8_000, weightsKept: 300, ridge: 500, dropout: 0, userDamping: 0 };

/** Item-item training before it begins: only numbers in memory that threads share, so that it can be sent to them. */
export interface ItemItemPlan extends KeptColumns, TilePlan {
  /** Items of the catalogue. */
  readonly items: number;
  /** Catalogue index at each place; the most interacted first. */
  readonly itemAt: Int32Array;
  /** See `createTurns`; products of tiles there are in all. */
  readonly turns: Int32Array;
  readonly products: number;
}

/** From 0 to 1: how much of a training is done. */
export const doneOf = ({ turns, products }: Pick<ItemItemPlan, 'turns' | 'products'>): number =>
  products === 0 ? 0 : productsDone(turns) / products;

export interface EasePlan extends ItemItemPlan {
  readonly settings: EaseSettings;
  /** The interactions with these items, `item` being the place. */
  readonly sides: BothSides;
}

/** Throws `DATA_INVALID` where there is nothing to learn from, the settings are not usable or the memory is not to be had. `parts`: that train together. */
export function planEase(interactions: Interactions, settings: EaseSettings, { parts = 1 } = {}): EasePlan {
  assertEase(settings);
  if (interactions.item.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no interaction to train on');
  const itemAt = mostInteracted(interactions, settings.itemsMax);
  const places = itemAt.length;
  const memory = takeTileMemory(layOutTiles({ places, parts }).end, `${places} items`);
  const kept = Math.min(settings.weightsKept, Math.max(1, places - 1));
  return {
    settings,
    places,
    parts,
    memory,
    items: interactions.items,
    itemAt,
    sides: keepInteractions(interactions, itemAt),
    turns: turnsMemory(inversePhases(tilesOf(places)) + 2),
    products: inverseProducts(tilesOf(places)),
    ...openColumns(places, kept),
  };
}

/** Bytes that training over so many items takes in all parts together, and then serving it (index and weight of each kept number). */
export function easeBytes(items: number, settings: EaseSettings, parts = 1): { training: number; serving: number } {
  const places = Math.min(items, settings.itemsMax);
  const kept = Math.min(settings.weightsKept, places) * places;
  return { training: layOutTiles({ places, parts }).end + 8 * kept, serving: 8 * kept + 4 * (items + 1) };
}

function assertEase({ itemsMax, weightsKept, ridge, dropout, userDamping }: EaseSettings): void {
  assertCount(itemsMax, 1, 'itemsMax', 'DATA_INVALID');
  assertCount(weightsKept, 1, 'weightsKept', 'DATA_INVALID');
  assertNotNegative(userDamping, 'userDamping', 'DATA_INVALID');
  if (!(ridge > 0 && ridge < Infinity))
    throw new RecommenderError('DATA_INVALID', `ridge ${ridge} is not a positive number`);
  if (!(dropout >= 0 && dropout < 1))
    throw new RecommenderError('DATA_INVALID', `dropout ${dropout} is not from 0 to below 1`);
}
