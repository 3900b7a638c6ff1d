import type { Migration } from './migration.ts';

/** What brought an item onto a list, as in the other forms of results. Null in rows of earlier programs. */
export const sourcesOfJobRows: Migration = {
  version: 13,
  name: 'sources of the rows of jobs',
  statements: ({ key }) => [`alter table job_rows add column source ${key(16)}`],
};
