import type { RatingPairs } from './rating-data.ts';

/** Ratings ordered by one side (CSR): those of row `r` stand at `start[r] … start[r + 1] − 1`. */
export interface RatingRows {
  readonly start: Int32Array;
  /** The other side's places, ascending within a row. */
  readonly other: Int32Array;
  readonly value: Float32Array;
}

export interface RatingMatrix {
  readonly byUser: RatingRows;
  readonly byItem: RatingRows;
}

interface Dimensions {
  readonly users: number;
  readonly items: number;
}

type RatingColumns = RatingPairs & { readonly rating: Float32Array };

/** Arrays to pack into: `start` has a place for the end, the others for every rating that is given. */
export const allocateMatrix = ({ users, items }: Dimensions, ratings: number): RatingMatrix => ({
  byUser: allocateRows(users, ratings),
  byItem: allocateRows(items, ratings),
});

const allocateRows = (rows: number, ratings: number): RatingRows => ({
  start: new Int32Array(rows + 1),
  other: new Int32Array(ratings),
  value: new Float32Array(ratings),
});

/** Packs columns both ways, into `to`; of a pair that comes twice the last rating stays, so that fewer may come out than are given. */
export function packRatings(
  dimensions: Dimensions,
  { user, item, rating }: RatingColumns,
  to: RatingMatrix = allocateMatrix(dimensions, rating.length),
): RatingMatrix {
  const order = orderBy(user, dimensions.users, orderBy(item, dimensions.items));
  const { start, other, value } = to.byUser;
  start.fill(0);
  let kept = 0;
  for (let at = 0; at < order.length; at += 1) {
    const place = order[at];
    const next = order[at + 1];
    if (at + 1 < order.length && user[next] === user[place] && item[next] === item[place]) continue;
    other[kept] = item[place];
    value[kept] = rating[place];
    start[user[place] + 1] += 1;
    kept += 1;
  }
  addUp(start);
  const byUser = { start, other: other.subarray(0, kept), value: value.subarray(0, kept) };
  return { byUser, byItem: turn(byUser, to.byItem) };
}

/** The same ratings by the other side. */
function turn({ start, other, value }: RatingRows, to: RatingRows): RatingRows {
  const next = turnedStarts(other, to.start);
  for (let row = 0; row + 1 < start.length; row += 1) {
    for (let at = start[row]; at < start[row + 1]; at += 1) {
      const place = next[other[at]]++;
      to.other[place] = row;
      to.value[place] = value[at];
    }
  }
  return { start: to.start, other: to.other.subarray(0, other.length), value: to.value.subarray(0, other.length) };
}

/** CSR the other way round: which rows have a feature, ascending. */
export function turnCsr({ start, feature }: { start: Int32Array; feature: Int32Array }, size: number) {
  const turned = new Int32Array(size + 1);
  const next = turnedStarts(feature, turned);
  const rows = new Int32Array(feature.length);
  for (let row = 0; row + 1 < start.length; row += 1)
    for (let at = start[row]; at < start[row + 1]; at += 1) rows[next[feature[at]]++] = row;
  return { start: turned, rows };
}

/** Writes where each key's run begins; what comes back may be counted on from. */
function turnedStarts(keys: Int32Array, starts: Int32Array): Int32Array {
  starts.fill(0);
  for (const key of keys) starts[key + 1] += 1;
  addUp(starts);
  return starts.slice();
}

function addUp(starts: Int32Array): void {
  for (let key = 1; key < starts.length; key += 1) starts[key] += starts[key - 1];
}

/** Stable counting sort: places in ascending order of their key, equal keys in the order of `within`. */
function orderBy(keys: Int32Array, limit: number, within?: Int32Array): Int32Array {
  const next = turnedStarts(keys, new Int32Array(limit + 1));
  const order = new Int32Array(keys.length);
  for (let at = 0; at < keys.length; at += 1) {
    const place = within?.[at] ?? at;
    order[next[keys[place]]++] = place;
  }
  return order;
}

/** Of ratings in the order of their users, so that who asks gets the same bits. */
export const meanOf = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
