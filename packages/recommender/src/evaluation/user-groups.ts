import { ageBandsFrom } from '../demographic-group.ts';

/** What is known of a user; null or absent where nothing is. */
export interface KnownUser {
  readonly gender?: string | null | undefined;
  /** Years. */
  readonly age?: number | null | undefined;
  readonly occupation?: string | null | undefined;
}

export const groupKinds = ['gender', 'age', 'occupation', 'gender × age', 'gender × occupation', 'age × occupation'] as const; // prettier-ignore
export type GroupKind = (typeof groupKinds)[number];

export interface UserGroup {
  readonly kind: GroupKind;
  /** `F`, `25-34`, `F × 25-34`. */
  readonly name: string;
  /** Places in the list that was grouped. */
  readonly members: readonly number[];
}

/** Groups by each attribute and by each pair, of those users of whom both are known; only groups of at least `usersMin` (50). */
export function userGroups(users: readonly (KnownUser | undefined)[], usersMin = 50): UserGroup[] {
  const groups = groupKinds.flatMap((kind) => {
    const members = Map.groupBy(users.keys(), (place) => groupName(kind, users[place]));
    return [...members].flatMap(([name, own]) => (name === undefined ? [] : [{ kind, name, members: own }]));
  });
  return groups
    .filter(({ members }) => members.length >= usersMin)
    .sort((a, b) => groupKinds.indexOf(a.kind) - groupKinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1));
}

function groupName(kind: GroupKind, user: KnownUser | undefined): string | undefined {
  const parts = kind.split(' × ').map((part) => attributeOf(part, user));
  return parts.includes(undefined) ? undefined : parts.join(' × ');
}

function attributeOf(attribute: string, user: KnownUser | undefined): string | undefined {
  if (attribute === 'gender') return user?.gender?.trim() || undefined;
  if (attribute === 'occupation') return user?.occupation?.trim() || undefined;
  return ageBand(user?.age);
}

function ageBand(age: number | null | undefined): string | undefined {
  if (typeof age !== 'number' || !(age > 0 && age < 130)) return undefined;
  const band = ageBandsFrom.findLastIndex((from) => age >= from);
  const next = ageBandsFrom[band + 1];
  if (band === 0) return `under ${next}`;
  return next === undefined ? `${ageBandsFrom[band]} and over` : `${ageBandsFrom[band]}-${next - 1}`;
}
