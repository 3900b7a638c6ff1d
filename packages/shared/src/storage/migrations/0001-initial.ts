import type { Migration, SchemaDialect } from './migration.ts';

/** The empty plan as it was then; a contract may change, a released step may not. */
const firstPlan = '{"epoch":0,"stable":null,"canary":null,"share":0,"salt":"","withdrawn":[]}';

/**
 * No auto-increment as identity (numbers come from `counters`), no foreign keys (partitions are written independently).
 * `progress` carries sums beside the position, so that figures cost no scan. Words that MySQL or MariaDB reserve
 * (`lines`, `offset`, `partition`) are no column names.
 */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  statements: (dialect) => [...ingestTables(dialect), ...detailTables(dialect), ...releaseTables(dialect)],
};

const ingestTables = ({ integer, real, key, text, clustered }: SchemaDialect): string[] => [
  `create table counters (name ${key(20)} not null primary key, last ${integer} not null) ${clustered}`,
  `create table progress (
    stream_id ${integer} not null primary key, topic ${key(249)} not null, partition_number ${integer} not null,
    incarnation ${integer} not null, owner_epoch ${integer} not null,
    next_offset ${integer} not null, last_line_hash ${key(64)},
    received ${integer} not null, accepted ${integer} not null, repeated ${integer} not null, quarantined ${integer} not null,
    watch_lines ${integer} not null, ratings ${integer} not null,
    unique (topic, partition_number)) ${clustered}`,
  `create table ratings (
    user_id ${integer} not null, item_id ${integer} not null, time ${integer} not null, rating ${real} not null,
    primary key (user_id, item_id, time, rating)) ${clustered}`,
  `create table segments (
    stream_id ${integer} not null, incarnation ${integer} not null, first_offset ${integer} not null,
    user_id ${integer} not null, item_id ${integer} not null,
    first_minute ${integer} not null, last_minute ${integer} not null,
    first_time ${integer} not null, last_time ${integer} not null, line_count ${integer} not null,
    primary key (stream_id, incarnation, first_offset)) ${clustered}`,
  // Holds all that a scan of interactions reads, so that it never looks up a row.
  'create index segments_by_user on segments (user_id, item_id, first_minute, last_minute, last_time)',
  `create table recommendations (
    time ${integer} not null, user_id ${integer} not null, line_hash ${key(16)} not null, millisecond ${integer} not null,
    status ${integer} not null, latency_ms ${integer} not null, result ${text} not null,
    primary key (time, user_id, line_hash)) ${clustered}`,
  `create table accounts (
    time ${integer} not null, user_id ${integer} not null, line_hash ${key(16)} not null,
    primary key (time, user_id, line_hash)) ${clustered}`,
  `create table quarantine (
    stream_id ${integer} not null, incarnation ${integer} not null, line_offset ${integer} not null,
    reason ${key(20)} not null, line ${text} not null,
    primary key (stream_id, incarnation, line_offset)) ${clustered}`,
  `create table csv_files (
    path ${key(500)} not null primary key, stream_id ${integer} not null, owner_epoch ${integer} not null,
    kind ${key(20)} not null, committed_bytes ${integer} not null, committed_rows ${integer} not null) ${clustered}`,
  `create view newest_ratings as select r.user_id, r.item_id, r.time, r.rating from ratings r where not exists (
    select 1 from ratings n where n.user_id = r.user_id and n.item_id = r.item_id
    and (n.time > r.time or (n.time = r.time and n.rating > r.rating)))`,
];

/** Details of an item are null until they are known; `genres` is a JSON list. */
const detailTables = ({ integer, real, key, text, clustered }: SchemaDialect): string[] => [
  `create table items (
    item_id ${integer} not null primary key, id ${key(200)} not null unique,
    title ${text}, year ${integer}, genres ${text}, runtime ${real}) ${clustered}`,
  `create table users (
    user_id ${integer} not null primary key, age ${integer}, gender ${key(50)}, occupation ${key(100)}) ${clustered}`,
];

const releaseTables = ({ integer, key, text, clustered }: SchemaDialect): string[] => [
  `create table versions (
    version_number ${integer} not null primary key, id ${key(64)} not null unique, state ${key(20)} not null,
    reason ${text} not null, manifest ${text} not null, created_at ${integer} not null) ${clustered}`,
  `create table plan (
    singleton ${integer} not null primary key, epoch ${integer} not null, document ${text} not null) ${clustered}`,
  `create table plan_history (epoch ${integer} not null primary key, document ${text} not null) ${clustered}`,
  "insert into counters (name, last) values ('item', 0)",
  "insert into counters (name, last) values ('stream', 0)",
  "insert into counters (name, last) values ('version', 0)",
  `insert into plan (singleton, epoch, document) values (1, 0, '${firstPlan}')`,
];
