import type { Migration } from './migration.ts';

/** How long the workers took: what tells a slow model version from a slow way to it. Null in receipts of earlier programs. */
export const workTimes: Migration = {
  version: 9,
  name: 'work times of receipts',
  statements: ({ real }) => [`alter table receipts add column work_ms ${real}`],
};
