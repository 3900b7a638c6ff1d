import { ageBandsFrom, featureGroup, type FeatureGroup } from '@reelay/recommender';
import type { DataDetails, ItemDetails, UserDetails } from '../importing/read-data-details.ts';

/** What describes users and items beside their ratings. */
export interface Features {
  users: FeatureGroup[];
  items: FeatureGroup[];
}

/** Age band, gender, occupation and first place of the zip code; genres and five-year band. Only what the data set tells of somebody. */
export function featuresOf(
  { users, items }: DataDetails,
  userIds: readonly string[],
  itemIds: readonly string[],
): Features {
  const user = (name: string, valuesOf: (known: UserDetails) => (string | null)[]) =>
    featureGroup(name, userIds.map((id) => (users.has(id) ? valuesOf(users.get(id)!) : []))); // prettier-ignore
  const item = (name: string, valuesOf: (known: ItemDetails) => (string | null)[]) =>
    featureGroup(name, itemIds.map((id) => (items.has(id) ? valuesOf(items.get(id)!) : []))); // prettier-ignore
  const groups = {
    users: [
      user('age', ({ age }) => [age === null ? null : String(ageBandsFrom.findLastIndex((from) => age >= from))]),
      user('gender', ({ gender }) => [gender]),
      user('occupation', ({ occupation }) => [occupation]),
      user('area', ({ zip }) => [zip?.slice(0, 1) || null]),
    ],
    items: [
      item('genres', ({ genres }) => genres),
      item('years', ({ year }) => [year === null ? null : String(Math.floor(year / 5))]),
    ],
  };
  const known = ({ size, feature }: FeatureGroup) => size > 1 && feature.length > 0;
  return { users: groups.users.filter(known), items: groups.items.filter(known) };
}
