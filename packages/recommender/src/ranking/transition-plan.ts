import { assertCount, RecommenderError } from '../recommender-error.ts';
import { openColumns, type KeptColumns } from './kept-columns.ts';
import { mostInteracted, placesAmong } from './most-interacted.ts';
import type { Sequences } from './sequences.ts';

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
export interface TransitionPlan extends KeptColumns {
  readonly settings: TransitionSettings;
  readonly parts: number;
  readonly items: number;
  readonly itemAt: Int32Array;
  /** Items are places. */
  readonly sequences: Sequences;
}

/** Throws `DATA_INVALID` where there is nothing to learn from or the settings are not usable. */
export function planTransition(
  sequences: Sequences,
  settings: TransitionSettings,
  { parts = 1, shared = false }: { parts?: number; shared?: boolean } = {},
): TransitionPlan {
  assertTransition(settings);
  if (sequences.item.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no interaction to train on');
  const itemAt = mostInteracted(sequences, settings.itemsMax);
  const kept = Math.min(settings.weightsKept, itemAt.length);
  return {
    settings,
    parts,
    items: sequences.items,
    itemAt,
    sequences: keptItems(sequences, itemAt),
    ...openColumns(itemAt.length, kept, shared),
  };
}

function keptItems({ users, items, userStart, item }: Sequences, itemAt: Int32Array): Sequences {
  const placeOf = placesAmong(itemAt, items);
  const start = new Int32Array(users + 1);
  const places = new Int32Array(item.length);
  let count = 0;
  for (let user = 0; user < users; user += 1) {
    for (let at = userStart[user]; at < userStart[user + 1]; at += 1)
      if (placeOf[item[at]] >= 0) places[count++] = placeOf[item[at]];
    start[user + 1] = count;
  }
  return { users, items: itemAt.length, userStart: start, item: places.slice(0, count) };
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
