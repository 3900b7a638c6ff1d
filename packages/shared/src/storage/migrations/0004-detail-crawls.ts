import type { Migration } from './migration.ts';

/**
 * Where the crawl of the users' and movies' API stands, who crawls, and what the API did not know. Times are milliseconds since 1970.
 * Movies are marked by text id: the dictionary need not know them.
 */
export const detailCrawls: Migration = {
  version: 4,
  name: 'detail crawls',
  statements: ({ integer, key, clustered }) => [
    `create table detail_crawls (
    kind ${key(10)} not null primary key, next_id ${integer} not null,
    holder ${key(100)} not null, held_until ${integer} not null) ${clustered}`,
    `create table unknown_details (
    kind ${key(10)} not null, id ${key(200)} not null, asked_at ${integer} not null,
    primary key (kind, id)) ${clustered}`,
    "insert into detail_crawls (kind, next_id, holder, held_until) values ('user', 1, '', 0)",
    "insert into detail_crawls (kind, next_id, holder, held_until) values ('movie', 1, '', 0)",
  ],
};
