import { assertCount, assertIndex, RecommenderError } from '../recommender-error.ts';

/** Features of rows as CSR: those of row `r` stand at `start[r] … start[r + 1] − 1`, each once. Each weighs 1/√(features of the row). */
export interface FeatureGroup {
  readonly name: string;
  /** How many features there are: entries are 0 … size − 1. */
  readonly size: number;
  readonly start: Int32Array;
  readonly feature: Int32Array;
}

/** Ratings as columns. Ids are places: 0 … users − 1, 0 … items − 1; the same pair twice counts once, with its last rating. */
export interface RatingData {
  readonly users: number;
  readonly items: number;
  readonly user: Int32Array;
  readonly item: Int32Array;
  /** In points of the scale, which predictions are cut to. */
  readonly rating: Float32Array;
  readonly scale: { readonly min: number; readonly max: number };
  /** A row a user: age band, gender, occupation … */
  readonly userFeatures?: readonly FeatureGroup[];
  /** A row an item: genres, year band … */
  readonly itemFeatures?: readonly FeatureGroup[];
  /** Rows (places in the columns) on which the share of the bias model is chosen, as the newest ones; drawn when absent. */
  readonly validationRows?: Int32Array;
  /** Pairs whose rating is averaged over every kept sweep, not over the kept samples alone. */
  readonly asked?: RatingPairs;
}

export interface RatingPairs {
  readonly user: Int32Array;
  readonly item: Int32Array;
}

/** Throws `DATA_INVALID` where the columns cannot be trained on: lengths, ids, numbers that are not finite or outside the scale. */
export function assertRatingData(data: RatingData): void {
  const { users, items, user, item, rating, scale } = data;
  assertCount(users, 1, 'users', 'DATA_INVALID');
  assertCount(items, 1, 'items', 'DATA_INVALID');
  if (rating.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no rating to learn from');
  assertPairs(data, { user, item });
  if (user.length !== rating.length)
    throw new RecommenderError('DATA_INVALID', `${rating.length} ratings, but ${user.length} users of them`);
  if (!(Number.isFinite(scale.min) && Number.isFinite(scale.max) && scale.min < scale.max))
    throw new RecommenderError('DATA_INVALID', `a scale from ${scale.min} to ${scale.max} holds no ratings`);
  for (const value of rating) {
    if (!(value >= scale.min && value <= scale.max))
      throw new RecommenderError('DATA_INVALID', `rating ${value} is not from ${scale.min} to ${scale.max}`);
  }
  for (const group of data.userFeatures ?? []) assertGroup(group, users);
  for (const group of data.itemFeatures ?? []) assertGroup(group, items);
  for (const row of data.validationRows ?? []) assertIndex(row, rating.length, 'validation row', 'DATA_INVALID');
  if (data.asked) assertPairs(data, data.asked);
}

export function assertPairs({ users, items }: Pick<RatingData, 'users' | 'items'>, { user, item }: RatingPairs): void {
  if (user.length !== item.length)
    throw new RecommenderError('DATA_INVALID', `${user.length} users, but ${item.length} items of them`);
  for (const value of user) assertIndex(value, users, 'user', 'DATA_INVALID');
  for (const value of item) assertIndex(value, items, 'item', 'DATA_INVALID');
}

function assertGroup({ name, size, start, feature }: FeatureGroup, rows: number): void {
  assertCount(size, 1, `size of ${name}`, 'DATA_INVALID');
  if (start.length !== rows + 1 || start[0] !== 0 || start[rows] !== feature.length)
    throw new RecommenderError('DATA_INVALID', `${name}: the starts are not those of ${rows} rows`);
  const last = new Int32Array(size).fill(-1);
  for (let row = 0; row < rows; row += 1) {
    if (start[row] > start[row + 1])
      throw new RecommenderError('DATA_INVALID', `${name}: row ${row} ends before it begins`);
    for (let at = start[row]; at < start[row + 1]; at += 1) {
      assertIndex(feature[at], size, `feature of ${name}`, 'DATA_INVALID');
      if (last[feature[at]] === row)
        throw new RecommenderError('DATA_INVALID', `${name}: row ${row} has feature ${feature[at]} twice`);
      last[feature[at]] = row;
    }
  }
}
