import { buildInteractions, type InteractionRow, type Interactions } from '../interactions.ts';
import { assertCount, assertNotNegative, RecommenderError } from '../recommender-error.ts';
import { openColumns, type KeptColumns } from './kept-columns.ts';
import { mostInteracted, placesAmong } from './most-interacted.ts';
import { panelNumbers, tiledInverseBytes } from './tiled-inverse.ts';

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

/** Item-item training before it begins: only numbers in arrays, so that it can be sent to threads; with `shared` they see one memory. */
export interface EasePlan extends KeptColumns {
  readonly settings: EaseSettings;
  readonly parts: number;
  /** Items of the catalogue. */
  readonly items: number;
  /** Catalogue index at each place; the most interacted first. */
  readonly itemAt: Int32Array;
  /** The interactions with these items, `item` being the place. */
  readonly matrix: Interactions;
}

/** Throws `DATA_INVALID` where there is nothing to learn from or the settings are not usable. `shared`: for threads, of which there are `parts`. */
export function planEase(
  interactions: Interactions,
  settings: EaseSettings,
  { parts = 1, shared = false }: { parts?: number; shared?: boolean } = {},
): EasePlan {
  assertEase(settings);
  if (interactions.item.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no interaction to train on');
  const itemAt = mostInteracted(interactions, settings.itemsMax);
  const places = itemAt.length;
  const kept = Math.min(settings.weightsKept, Math.max(1, places - 1));
  return {
    settings,
    parts,
    items: interactions.items,
    itemAt,
    matrix: keptItems(interactions, itemAt),
    ...openColumns(places, kept, shared),
  };
}

/** Bytes that training over so many items takes in all parts together, and then serving it (index and weight of each kept number). */
export function easeBytes(items: number, settings: EaseSettings, parts = 1): { training: number; serving: number } {
  const places = Math.min(items, settings.itemsMax);
  const kept = Math.min(settings.weightsKept, places) * places;
  return {
    training: parts * tiledInverseBytes({ places, parts }) + 4 * panelNumbers(places) + 8 * kept,
    serving: 8 * kept + 4 * (items + 1),
  };
}

function keptItems(matrix: Interactions, itemAt: Int32Array): Interactions {
  const placeOf = placesAmong(itemAt, matrix.items);
  function* rows(): Generator<InteractionRow> {
    for (let user = 0; user < matrix.users; user += 1) {
      for (let at = matrix.userStart[user]; at < matrix.userStart[user + 1]; at += 1) {
        const item = placeOf[matrix.item[at]];
        if (item >= 0) yield { user, item, confidence: matrix.confidence[at] };
      }
    }
  }
  return buildInteractions(rows(), { users: matrix.users, items: itemAt.length });
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
