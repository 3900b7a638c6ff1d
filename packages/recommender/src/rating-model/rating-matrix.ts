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

/** Packs columns both ways; of a pair that comes twice the last rating stays. */
export function packRatings(
  { users, items }: { users: number; items: number },
  { user, item, rating }: RatingPairs & { readonly rating: Float32Array },
): RatingMatrix {
  const byItem = orderBy(item, items);
  const order = orderBy(user, users, byItem);
  const kept = order.filter((place, at) => {
    const next = order[at + 1];
    return at + 1 === order.length || user[next] !== user[place] || item[next] !== item[place];
  });
  const byUser: RatingRows = {
    start: countStarts(kept, user, users),
    other: kept.map((place) => item[place]),
    value: Float32Array.from(kept, (place) => rating[place]),
  };
  return { byUser, byItem: turn(byUser, items) };
}

/** The same ratings by the other side. */
function turn({ start, other, value }: RatingRows, size: number): RatingRows {
  const turned = turnCsr({ start, feature: other }, size);
  const turnedValue = new Float32Array(value.length);
  for (let at = 0; at < value.length; at += 1) turnedValue[turned.placeOf[at]] = value[at];
  return { start: turned.start, other: turned.feature, value: turnedValue };
}

/** CSR the other way round: which rows have a feature, ascending; `placeOf[entry]`: where an entry stands then. */
export function turnCsr({ start, feature }: { start: Int32Array; feature: Int32Array }, size: number) {
  const starts = new Int32Array(size + 1);
  for (const key of feature) starts[key + 1] += 1;
  for (let key = 0; key < size; key += 1) starts[key + 1] += starts[key];
  const next = starts.slice();
  const rows = new Int32Array(feature.length);
  const placeOf = new Int32Array(feature.length);
  for (let row = 0; row + 1 < start.length; row += 1) {
    for (let at = start[row]; at < start[row + 1]; at += 1) {
      placeOf[at] = next[feature[at]]++;
      rows[placeOf[at]] = row;
    }
  }
  return { start: starts, feature: rows, placeOf };
}

function countStarts(places: Int32Array, keys: Int32Array, limit: number): Int32Array {
  const starts = new Int32Array(limit + 1);
  for (const place of places) starts[keys[place] + 1] += 1;
  for (let key = 0; key < limit; key += 1) starts[key + 1] += starts[key];
  return starts;
}

/** Stable counting sort: places in ascending order of their key, equal keys in the order of `within`. */
function orderBy(keys: Int32Array, limit: number, within?: Int32Array): Int32Array {
  const next = new Int32Array(limit + 1);
  for (const key of keys) next[key + 1] += 1;
  for (let key = 0; key < limit; key += 1) next[key + 1] += next[key];
  const order = new Int32Array(keys.length);
  for (let at = 0; at < keys.length; at += 1) {
    const place = within?.[at] ?? at;
    order[next[keys[place]]++] = place;
  }
  return order;
}
