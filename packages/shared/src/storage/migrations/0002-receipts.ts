import type { Migration } from './migration.ts';

/**
 * Receipts by day (of their request id), so that old days go as ranges of the primary key. What a whole batch shares (version, data, commit) stands in
 * `receipt_builds`. `receipt_batches` knows which batches were taken. Times are milliseconds since 1970, days since 1970.
 */
export const receipts: Migration = {
  version: 2,
  name: 'receipts and feedback',
  statements: ({ integer, real, key, bytes, clustered }) => [
    `create table receipts (
    day ${integer} not null, request_id ${key(36)} not null, user_id ${integer} not null, time_ms ${integer} not null,
    track ${key(10)} not null, outcome ${key(10)} not null, rung ${key(20)}, reason ${key(30)},
    latency_ms ${real} not null, build_id ${integer} not null, shown ${integer} not null, repeats ${key(36)},
    history_items ${integer}, history_version ${integer}, body ${bytes} not null,
    primary key (day, request_id)) ${clustered}`,
    'create index receipts_by_user on receipts (user_id, time_ms)',
    // Holds all that availability by version and outcome asks for.
    'create index receipts_by_time on receipts (time_ms, build_id, outcome)',
    `create table receipt_builds (
    build_id ${integer} not null primary key, model_version ${key(64)}, data_version ${key(64)} not null,
    git_commit ${key(64)} not null) ${clustered}`,
    `create table receipt_batches (
    batch_id ${key(64)} not null primary key, day ${integer} not null, accepted ${integer} not null,
    repeated ${integer} not null) ${clustered}`,
    `create table feedback (
    user_id ${integer} not null, idempotency_key ${key(100)} not null, item_id ${integer} not null, kind ${key(10)} not null,
    minutes ${integer} not null, rating ${real} not null, time_ms ${integer} not null,
    primary key (user_id, idempotency_key)) ${clustered}`,
  ],
};
