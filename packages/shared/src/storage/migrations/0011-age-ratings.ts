import type { Migration } from './migration.ts';

/** From what age an item is suitable, in years. Null where it is not rated, as all items are that were stored before. */
export const ageRatings: Migration = {
  version: 11,
  name: 'age ratings of items',
  statements: ({ integer }) => [`alter table items add column min_age ${integer}`],
};
