import { assertCount, assertIndex, RecommenderError } from './recommender-error.ts';

/**
 * Who watched what, as rows of a sparse matrix (CSR): the interactions of user `u` stand at `userStart[u] … userStart[u + 1] − 1`,
 * ordered by item, each item once.
 */
export interface Interactions {
  readonly users: number;
  readonly items: number;
  readonly userStart: Int32Array;
  readonly item: Int32Array;
  readonly confidence: Float32Array;
}

export interface InteractionRow {
  readonly user: number;
  readonly item: number;
  /** > 0, see `confidenceOf`. */
  readonly confidence: number;
}

export interface Dimensions {
  readonly users: number;
  readonly items: number;
}

/**
 * Packs rows of any order; the same pair twice counts once, with its largest confidence. Ids are places: `0 … users − 1`, `0 … items − 1`.
 * Throws `DATA_INVALID` for an id out of bounds or a confidence that is not a positive number. No rows give an empty matrix.
 */
export function buildInteractions(rows: Iterable<InteractionRow>, dimensions: Dimensions): Interactions {
  const { users, items } = dimensions;
  assertCount(users, 1, 'users', 'DATA_INVALID');
  assertCount(items, 1, 'items', 'DATA_INVALID');
  const columns = readColumns(rows, dimensions);
  const byItem = orderBy(columns.item, items);
  return mergeRepeated(columns, orderBy(columns.user, users, byItem), dimensions);
}

/** The same matrix seen from the items: a row an item, its users as columns. */
export function transpose({ users, items, userStart, item, confidence }: Interactions): Interactions {
  const itemStart = countStarts(item, items);
  const next = itemStart.slice();
  const user = new Int32Array(item.length);
  const moved = new Float32Array(item.length);
  for (let row = 0; row < users; row += 1) {
    for (let at = userStart[row], end = userStart[row + 1]; at < end; at += 1) {
      const place = next[item[at]]++;
      user[place] = row;
      moved[place] = confidence[at];
    }
  }
  return { users: items, items: users, userStart: itemStart, item: user, confidence: moved };
}

interface Columns {
  readonly user: Int32Array;
  readonly item: Int32Array;
  readonly confidence: Float32Array;
}

function readColumns(rows: Iterable<InteractionRow>, dimensions: Dimensions): Columns {
  let columns = allocate(1024);
  let count = 0;
  for (const row of rows) {
    assertIndex(row.user, dimensions.users, 'user', 'DATA_INVALID');
    assertIndex(row.item, dimensions.items, 'item', 'DATA_INVALID');
    assertConfidence(row.confidence);
    if (count === columns.user.length) columns = grown(columns);
    columns.user[count] = row.user;
    columns.item[count] = row.item;
    columns.confidence[count] = row.confidence;
    count += 1;
  }
  return {
    user: columns.user.subarray(0, count),
    item: columns.item.subarray(0, count),
    confidence: columns.confidence.subarray(0, count),
  };
}

function assertConfidence(confidence: number): void {
  // As it will be stored: what rounds to 0 or to infinity is not usable either.
  const stored = Math.fround(confidence);
  if (!Number.isFinite(stored) || stored <= 0) {
    throw new RecommenderError('DATA_INVALID', `confidence ${confidence} is not a positive number`);
  }
}

const allocate = (length: number): Columns => ({
  user: new Int32Array(length),
  item: new Int32Array(length),
  confidence: new Float32Array(length),
});

function grown(columns: Columns): Columns {
  const next = allocate(columns.user.length * 2);
  next.user.set(columns.user);
  next.item.set(columns.item);
  next.confidence.set(columns.confidence);
  return next;
}

/** Where each key's run begins when ordered; one more entry for the end. */
function countStarts(keys: Int32Array, limit: number): Int32Array {
  const starts = new Int32Array(limit + 1);
  for (let at = 0; at < keys.length; at += 1) starts[keys[at] + 1] += 1;
  for (let key = 0; key < limit; key += 1) starts[key + 1] += starts[key];
  return starts;
}

/** Stable counting sort: places in ascending order of their key, equal keys in the order of `within`. */
function orderBy(keys: Int32Array, limit: number, within?: Int32Array): Int32Array {
  const next = countStarts(keys, limit);
  const order = new Int32Array(keys.length);
  for (let at = 0; at < keys.length; at += 1) {
    const place = within?.[at] ?? at;
    order[next[keys[place]]++] = place;
  }
  return order;
}

function mergeRepeated(columns: Columns, order: Int32Array, { users, items }: Dimensions): Interactions {
  const userStart = new Int32Array(users + 1);
  const item = new Int32Array(order.length);
  const confidence = new Float32Array(order.length);
  let count = 0;
  let previousUser = -1;
  for (const place of order) {
    const user = columns.user[place];
    const repeated = user === previousUser && item[count - 1] === columns.item[place];
    if (repeated) {
      confidence[count - 1] = Math.max(confidence[count - 1], columns.confidence[place]);
      continue;
    }
    item[count] = columns.item[place]!;
    confidence[count] = columns.confidence[place]!;
    count += 1;
    userStart[user + 1] += 1;
    previousUser = user;
  }
  for (let user = 0; user < users; user += 1) userStart[user + 1] += userStart[user];
  return { users, items, userStart, item: item.slice(0, count), confidence: confidence.slice(0, count) };
}
