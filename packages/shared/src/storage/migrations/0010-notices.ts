import type { Migration } from './migration.ts';

/** Messages to people, which a restart must neither lose nor repeat. */
export const notices: Migration = {
  version: 10,
  name: 'notices',
  statements: ({ integer, key, text, clustered }) => [
    `create table notices (
    notice_key ${key(255)} not null primary key, body ${text} not null,
    created_at ${integer} not null, told_at ${integer}) ${clustered}`,
    'create index notices_created on notices (created_at)',
  ],
};
