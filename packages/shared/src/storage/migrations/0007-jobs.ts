import type { Migration } from './migration.ts';

/**
 * Jobs over many users in slices. What changes often is apart from what is large: `job_slices` is narrow, so that progress is read from
 * its index; users and results of a slice are one row of bytes each. Times are milliseconds since 1970; 0: never.
 */
export const jobs: Migration = {
  version: 7,
  name: 'jobs and slices',
  statements: ({ integer, real, key, bytes, clustered }) => [
    `create table jobs (
    job_id ${key(64)} not null primary key, created_ms ${integer} not null, active_days ${integer},
    item_count ${integer} not null, kept_count ${integer} not null, as_rows ${integer} not null,
    state ${key(10)} not null, reason ${key(500)} not null, finished_ms ${integer},
    holder ${key(64)} not null, held_until ${integer} not null) ${clustered}`,
    'create index jobs_by_state on jobs (state, created_ms)',
    'create index jobs_by_time on jobs (created_ms)',
    `create table job_slices (
    job_id ${key(64)} not null, slice_no ${integer} not null, state ${key(10)} not null, attempts ${integer} not null,
    published_ms ${integer} not null, kept_ms ${integer} not null, user_count ${integer} not null,
    answered ${integer} not null, fallbacks ${integer} not null, failures ${integer} not null,
    reason ${key(500)} not null, finished_ms ${integer} not null,
    primary key (job_id, slice_no)) ${clustered}`,
    'create index job_slices_by_state on job_slices (job_id, state, published_ms, kept_ms)',
    `create table job_users (
    job_id ${key(64)} not null, slice_no ${integer} not null, user_ids ${bytes} not null,
    primary key (job_id, slice_no)) ${clustered}`,
    `create table job_results (
    job_id ${key(64)} not null, slice_no ${integer} not null, body ${bytes} not null,
    primary key (job_id, slice_no)) ${clustered}`,
    `create table job_rows (
    job_id ${key(64)} not null, user_id ${integer} not null, item_rank ${integer} not null, item_id ${integer} not null,
    score ${real} not null, model_version ${key(64)} not null,
    primary key (job_id, user_id, item_rank)) ${clustered}`,
  ],
};
