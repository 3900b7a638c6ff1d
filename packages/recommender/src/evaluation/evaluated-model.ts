import type { RatingTable } from './rating-table.ts';
import type { SplitKind } from './validation-split.ts';

/** What an evaluation asks of a model; either part may be missing, and then so are its figures. */
export interface EvaluatedModel {
  readonly name: string;
  /** Expected ratings of pairs, in rating points, cut to the scale. */
  predictMany?(users: Int32Array, items: Int32Array): ArrayLike<number>;
  /** One score for each item, the higher the sooner; what the user knows is left out by the evaluation. The array may be reused by the next call. */
  scoresOf?(user: number): Float32Array | Float64Array;
  /** What the lists of users with a training row are blended from. */
  readonly parts?: readonly ListPart[];
}

/** What the maker of a rating model may be told besides the rows to learn from. */
export interface MakerHints {
  /** `trial`: to be compared on a validation slice, so cheaper settings will do. */
  readonly purpose: 'trial' | 'final';
  /** Pairs (never their ratings) that are going to be predicted. */
  readonly asked?: { readonly user: Int32Array; readonly item: Int32Array };
}

/** Learns from a table and nothing else. */
export interface ModelMaker {
  readonly name: string;
  make(table: RatingTable, hints: MakerHints): EvaluatedModel | Promise<EvaluatedModel>;
}

/** One of the models that make a list together. The array of `scoresOf` may be reused by the next call. */
export interface ListPart {
  readonly name: string;
  /** It says nothing of items whose score is not above this. */
  readonly above?: number;
  scoresOf(user: number): Float32Array | Float64Array;
}

/** Learns the parts of lists from a table and nothing else. */
export interface ListMaker {
  /** For users without a row in the table, by what else is known of them; absent where that is nothing. */
  makeCold?(table: RatingTable): ListPart;
  make(
    table: RatingTable,
    hints: {
      readonly purpose: 'trial' | 'final';
      /** How the wanted rows lie to the others. */
      readonly kind?: SplitKind;
      /** Names of the parts that are needed; all when absent. */
      readonly wanted?: readonly string[];
    },
  ): readonly ListPart[] | Promise<readonly ListPart[]>;
}

/** Least and largest rating of a table: the scale that predictions are cut to. */
export function scaleOf({ rating }: RatingTable): readonly [least: number, most: number] {
  let least = Infinity;
  let most = -Infinity;
  for (const value of rating) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}

export const cutTo = (value: number, [least, most]: readonly [number, number]): number =>
  Math.min(most, Math.max(least, value));
