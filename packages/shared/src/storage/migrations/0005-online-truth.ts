import type { Migration } from './migration.ts';

/**
 * Holds all that availability by hour asks for (the two databases add the primary key to it), so that no long list of movies is
 * read for a figure.
 */
export const onlineTruth: Migration = {
  version: 5,
  name: 'online truth',
  statements: () => ['create index recommendations_by_time on recommendations (time, status, latency_ms)'],
};
