import type { Interactions } from '../interactions.ts';
import { assertCount, assertNotNegative, RecommenderError } from '../recommender-error.ts';

/** A demographic attribute: a code from 0 for each user, −1 where it is not known. */
export interface UserAttribute {
  readonly name: string;
  readonly codes: Int32Array;
}

/** How much an attribute's lift counts, as its exponent. */
export interface WeighedAttribute extends UserAttribute {
  readonly exponent: number;
}

/**
 * Shares of watchers along a chain such as all → gender → + age → + occupation: p_g = (n_g·p̂_g + k·p_parent)/(n_g + k), k in users. The answer gives the
 * share of each item for somebody with these codes, by the narrowest group that is known. Throws `DATA_INVALID`.
 */
export function fitGroupChain(interactions: Interactions, chain: readonly UserAttribute[], k: number) {
  assertAttributes(interactions, chain, k);
  const all = sharesOf(countUsers(interactions, () => 0).get(0)!, undefined, 0);
  let parents = new Map<string, Float32Array>([['', all]]);
  const levels = chain.map((_, depth) => {
    const groups = countUsers(interactions, (user) => keyOf(chain.slice(0, depth + 1).map(({ codes }) => codes[user])));
    const shares = new Map<string, Float32Array>();
    for (const [key, group] of groups)
      if (key !== undefined) shares.set(key, sharesOf(group, parents.get(parentKey(key)) ?? all, k));
    parents = shares;
    return shares;
  });
  return (codes: readonly number[]): Float32Array => {
    let known = all;
    for (const [depth, shares] of levels.entries()) {
      const own = shares.get(keyOf(codes.slice(0, depth + 1)) ?? '');
      if (own === undefined) break;
      known = own;
    }
    return known;
  };
}

/**
 * Several attributes side by side, none of which needs to lie within another: ln p + Σ exponent·ln(p_a/p), where p_a is the share among the users with that
 * code, drawn to the share p of all by k users. Lifts multiply as in naive Bayes; exponents below 1 keep what attributes share from counting twice.
 * Adds the score of each item into `scores`. Throws `DATA_INVALID`.
 */
export function fitLifts(interactions: Interactions, attributes: readonly WeighedAttribute[], k: number) {
  assertAttributes(interactions, attributes, k);
  const all = sharesOf(countUsers(interactions, () => 0).get(0)!, undefined, 0);
  const lifts = attributes.map(({ codes, exponent }) => {
    const tables = new Map<number, Float32Array>();
    for (const [code, group] of countUsers(interactions, (user) => codes[user]))
      if (code >= 0)
        tables.set(
          code,
          sharesOf(group, all, k).map((share, item) => (all[item] > 0 ? exponent * Math.log(share / all[item]) : 0)),
        );
    return tables;
  });
  // Below any share that one user among all could have: an item that nobody watched stands last, but is a number.
  const base = all.map((share) => Math.log(Math.max(share, unwatchedShare)));
  return (codes: readonly number[], scores: Float32Array): void => {
    scores.set(base);
    for (const [at, tables] of lifts.entries()) {
      const lift = tables.get(codes[at]);
      if (lift !== undefined) for (let item = 0; item < scores.length; item += 1) scores[item] += lift[item];
    }
  };
}

const unwatchedShare = 1e-12;

interface GroupCount {
  members: number;
  readonly watchers: Float64Array;
}

/** By group, its users with any interaction and how many of them have each item. */
function countUsers<Key>(interactions: Interactions, groupOf: (user: number) => Key): Map<Key, GroupCount> {
  const { users, items, userStart, item } = interactions;
  const groups = new Map<Key, GroupCount>();
  for (let user = 0; user < users; user += 1) {
    if (userStart[user] === userStart[user + 1]) continue;
    const key = groupOf(user);
    const group = groups.get(key) ?? { members: 0, watchers: new Float64Array(items) };
    groups.set(key, group);
    group.members += 1;
    for (let at = userStart[user]; at < userStart[user + 1]; at += 1) group.watchers[item[at]] += 1;
  }
  return groups;
}

function sharesOf({ members, watchers }: GroupCount, parent: Float32Array | undefined, k: number): Float32Array {
  return Float32Array.from(watchers, (count, item) =>
    parent === undefined ? count / members : (count + k * parent[item]) / (members + k),
  );
}

/** Undefined where a code is not known: such users stand in the wider groups alone. */
const keyOf = (codes: readonly number[]): string | undefined =>
  codes.some((code) => !(code >= 0)) ? undefined : codes.join(' ');

const parentKey = (key: string): string => key.split(' ').slice(0, -1).join(' ');

function assertAttributes({ users, item }: Interactions, attributes: readonly UserAttribute[], k: number): void {
  assertNotNegative(k, 'k', 'DATA_INVALID');
  if (item.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no interaction to learn from');
  for (const { name, codes } of attributes) {
    assertCount(codes.length, users, `codes of ${name}`, 'DATA_INVALID');
    const wrong = codes.find((code) => code < -1);
    if (wrong !== undefined) throw new RecommenderError('DATA_INVALID', `${name}: ${wrong} is no code`);
  }
}
