import type { Migration } from './migration.ts';

const stored = ['ratings', 'segments', 'recommendations', 'accounts', 'quarantine', 'csv_files'];

/**
 * The day (since 1970, UTC) on which a row was stored, which is also that of its CSV file: by it files rotate, segments are rolled
 * up into viewings, and old ones go. 0: before days were stored. `segment_days` has sums by stream, so that no two partitions wait
 * for each other's row. A viewing keeps its runs of minutes, so that segments can go without a distinct minute being lost; `alone`
 * is 1 from then on. A quarantined line that was re-driven stays, with the second in which that happened.
 */
export const days: Migration = {
  version: 3,
  name: 'days, viewings and re-driven lines',
  statements: ({ integer, text, clustered }) => [
    ...stored.map((table) => `alter table ${table} add column stored_day ${integer} not null default 0`),
    `alter table quarantine add column redriven_at ${integer}`,
    `create table segment_days (
    day ${integer} not null, stream_id ${integer} not null, segments ${integer} not null, line_count ${integer} not null,
    primary key (day, stream_id)) ${clustered}`,
    `insert into segment_days (day, stream_id, segments, line_count)
    select 0, stream_id, count(*), sum(line_count) from segments group by stream_id`,
    `create table viewings (
    user_id ${integer} not null, item_id ${integer} not null, day ${integer} not null, minutes ${integer} not null,
    first_time ${integer} not null, last_time ${integer} not null, line_count ${integer} not null,
    alone ${integer} not null, runs ${text} not null,
    primary key (user_id, item_id, day)) ${clustered}`,
    `create table rollups (
    day ${integer} not null primary key, segments ${integer} not null, line_count ${integer} not null,
    viewings ${integer} not null, dropped ${integer} not null) ${clustered}`,
    "insert into counters (name, last) values ('csv_from_day', 0)",
    "insert into counters (name, last) values ('redrive', 0)",
  ],
};
