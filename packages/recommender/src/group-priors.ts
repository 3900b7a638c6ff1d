import { everybody, parentGroup } from './demographic-group.ts';
import type { Interactions } from './interactions.ts';
import { assertCount, assertNotNegative, RecommenderError } from './recommender-error.ts';

/** Share of the users with any interaction that watched each item: `items` values from 0 to 1. */
export function popularity(interactions: Interactions): Float32Array {
  return groupPriors(interactions, new Uint8Array(0), 1, 0);
}

/**
 * What a user of each group watches, `groups × items`, row-major; row 0 is everybody. The share of the group's users that watched an item,
 * drawn towards the wider group: p_g = (n_g·p̂_g + k·p_parent)/(n_g + k), k in users (50 to 200 is usual). A user counts in the own group
 * and in each wider one; users without interactions do not count; a user past the end of `groupOfUser` belongs to everybody.
 * An empty group equals its parent. Throws `DATA_INVALID`.
 */
export function groupPriors(
  interactions: Interactions,
  groupOfUser: Uint8Array,
  groups: number,
  k: number,
): Float32Array {
  assertCount(groups, 1, 'groups', 'DATA_INVALID');
  assertNotNegative(k, 'k', 'DATA_INVALID');
  const { items } = interactions;
  const { watchers, members } = countWatchers(interactions, groupOfUser, groups);
  const priors = new Float64Array(groups * items);
  // Ascending: a parent has a smaller number than its children, so it is ready before them.
  for (let group = 0; group < groups; group += 1) {
    const parent = parentGroup(group);
    const weight = parent === null ? 0 : k;
    const total = members[group] + weight;
    for (let item = 0; item < items; item += 1) {
      const inherited = parent === null ? 0 : priors[parent * items + item];
      const at = group * items + item;
      priors[at] = total === 0 ? inherited : (watchers[at] + weight * inherited) / total;
    }
  }
  return Float32Array.from(priors);
}

function countWatchers(interactions: Interactions, groupOfUser: Uint8Array, groups: number) {
  const { users, items, userStart, item } = interactions;
  const watchers = new Float64Array(groups * items);
  const members = new Float64Array(groups);
  for (let user = 0; user < users; user += 1) {
    const start = userStart[user];
    const end = userStart[user + 1];
    if (start === end) continue;
    const own = groupOfUser[user] ?? everybody;
    if (own >= groups) throw new RecommenderError('DATA_INVALID', `group ${own} of user ${user}: there are ${groups}`);
    for (let group: number | null = own; group !== null; group = parentGroup(group)) {
      members[group] += 1;
      for (let at = start; at < end; at += 1) watchers[group * items + item[at]] += 1;
    }
  }
  return { watchers, members };
}
