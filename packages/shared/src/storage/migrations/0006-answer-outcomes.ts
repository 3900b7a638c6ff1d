import type { Migration } from './migration.ts';

/**
 * What became of each answer that the log speaks of: its receipt, and what the user did with it. `list_hash` is how a receipt and a line of
 * the log find each other. `outcomes_from`: second of the log from which on rows may still change. The view is what reports and verdicts read.
 */
export const answerOutcomes: Migration = {
  version: 6,
  name: 'what became of answers',
  statements: ({ integer, real, key, clustered }) => [
    `alter table receipts add column list_hash ${integer}`,
    'create index receipts_by_list on receipts (list_hash, time_ms)',
    `create table answer_outcomes (
    time ${integer} not null, user_id ${integer} not null, line_hash ${key(16)} not null,
    status ${integer} not null, latency_ms ${integer} not null,
    request_id ${key(36)}, answered_ms ${integer}, build_id ${integer}, outcome ${key(10)}, personalised ${integer} not null,
    watched ${integer} not null, minutes ${integer} not null, ratings ${integer} not null, rating_sum ${real} not null,
    primary key (time, user_id, line_hash)) ${clustered}`,
    'create unique index answer_outcomes_by_request on answer_outcomes (request_id)',
    // Holds all that availability by version asks for.
    'create index answer_outcomes_by_version on answer_outcomes (time, build_id, status)',
    `create view online_truth as select o.time, o.user_id, o.line_hash, o.status, o.latency_ms, o.request_id, o.answered_ms,
    b.model_version, b.data_version, b.git_commit, o.outcome, o.personalised, o.watched, o.minutes, o.ratings, o.rating_sum
    from answer_outcomes o left join receipt_builds b on b.build_id = o.build_id`,
    "insert into counters (name, last) values ('outcomes_from', 0)",
  ],
};
