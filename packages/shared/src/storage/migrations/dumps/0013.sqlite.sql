create table if not exists schema_version (version integer not null primary key, name text not null) strict, without rowid;

create table counters (name text not null primary key, last integer not null) strict, without rowid;

create table progress (
    stream_id integer not null primary key, topic text not null, partition_number integer not null,
    incarnation integer not null, owner_epoch integer not null,
    next_offset integer not null, last_line_hash text,
    received integer not null, accepted integer not null, repeated integer not null, quarantined integer not null,
    watch_lines integer not null, ratings integer not null,
    unique (topic, partition_number)) strict, without rowid;

create table ratings (
    user_id integer not null, item_id integer not null, time integer not null, rating real not null,
    primary key (user_id, item_id, time, rating)) strict, without rowid;

create table segments (
    stream_id integer not null, incarnation integer not null, first_offset integer not null,
    user_id integer not null, item_id integer not null,
    first_minute integer not null, last_minute integer not null,
    first_time integer not null, last_time integer not null, line_count integer not null,
    primary key (stream_id, incarnation, first_offset)) strict, without rowid;

create index segments_by_user on segments (user_id, item_id, first_minute, last_minute, last_time);

create table recommendations (
    time integer not null, user_id integer not null, line_hash text not null, millisecond integer not null,
    status integer not null, latency_ms integer not null, result text not null,
    primary key (time, user_id, line_hash)) strict, without rowid;

create table accounts (
    time integer not null, user_id integer not null, line_hash text not null,
    primary key (time, user_id, line_hash)) strict, without rowid;

create table quarantine (
    stream_id integer not null, incarnation integer not null, line_offset integer not null,
    reason text not null, line text not null,
    primary key (stream_id, incarnation, line_offset)) strict, without rowid;

create table csv_files (
    path text not null primary key, stream_id integer not null, owner_epoch integer not null,
    kind text not null, committed_bytes integer not null, committed_rows integer not null) strict, without rowid;

create view newest_ratings as select r.user_id, r.item_id, r.time, r.rating from ratings r where not exists (
    select 1 from ratings n where n.user_id = r.user_id and n.item_id = r.item_id
    and (n.time > r.time or (n.time = r.time and n.rating > r.rating)));

create table items (
    item_id integer not null primary key, id text not null unique,
    title text, year integer, genres text, runtime real) strict, without rowid;

create table users (
    user_id integer not null primary key, age integer, gender text, occupation text) strict, without rowid;

create table versions (
    version_number integer not null primary key, id text not null unique, state text not null,
    reason text not null, manifest text not null, created_at integer not null) strict, without rowid;

create table plan (
    singleton integer not null primary key, epoch integer not null, document text not null) strict, without rowid;

create table plan_history (epoch integer not null primary key, document text not null) strict, without rowid;

insert into counters (name, last) values ('item', 0);

insert into counters (name, last) values ('stream', 0);

insert into counters (name, last) values ('version', 0);

insert into plan (singleton, epoch, document) values (1, 0, '{"epoch":0,"stable":null,"canary":null,"share":0,"salt":"","withdrawn":[]}');

create table receipts (
    day integer not null, request_id text not null, user_id integer not null, time_ms integer not null,
    track text not null, outcome text not null, rung text, reason text,
    latency_ms real not null, build_id integer not null, shown integer not null, repeats text,
    history_items integer, history_version integer, body blob not null,
    primary key (day, request_id)) strict, without rowid;

create index receipts_by_user on receipts (user_id, time_ms);

create index receipts_by_time on receipts (time_ms, build_id, outcome);

create table receipt_builds (
    build_id integer not null primary key, model_version text, data_version text not null,
    git_commit text not null) strict, without rowid;

create table receipt_batches (
    batch_id text not null primary key, day integer not null, accepted integer not null,
    repeated integer not null) strict, without rowid;

create table feedback (
    user_id integer not null, idempotency_key text not null, item_id integer not null, kind text not null,
    minutes integer not null, rating real not null, time_ms integer not null,
    primary key (user_id, idempotency_key)) strict, without rowid;

alter table ratings add column stored_day integer not null default 0;

alter table segments add column stored_day integer not null default 0;

alter table recommendations add column stored_day integer not null default 0;

alter table accounts add column stored_day integer not null default 0;

alter table quarantine add column stored_day integer not null default 0;

alter table csv_files add column stored_day integer not null default 0;

alter table quarantine add column redriven_at integer;

create table segment_days (
    day integer not null, stream_id integer not null, segments integer not null, line_count integer not null,
    primary key (day, stream_id)) strict, without rowid;

insert into segment_days (day, stream_id, segments, line_count)
    select 0, stream_id, count(*), sum(line_count) from segments group by stream_id;

create table viewings (
    user_id integer not null, item_id integer not null, day integer not null, minutes integer not null,
    first_time integer not null, last_time integer not null, line_count integer not null,
    alone integer not null, runs text not null,
    primary key (user_id, item_id, day)) strict, without rowid;

create table rollups (
    day integer not null primary key, segments integer not null, line_count integer not null,
    viewings integer not null, dropped integer not null) strict, without rowid;

insert into counters (name, last) values ('csv_from_day', 0);

insert into counters (name, last) values ('redrive', 0);

create table detail_crawls (
    kind text not null primary key, next_id integer not null,
    holder text not null, held_until integer not null) strict, without rowid;

create table unknown_details (
    kind text not null, id text not null, asked_at integer not null,
    primary key (kind, id)) strict, without rowid;

insert into detail_crawls (kind, next_id, holder, held_until) values ('user', 1, '', 0);

insert into detail_crawls (kind, next_id, holder, held_until) values ('movie', 1, '', 0);

create index recommendations_by_time on recommendations (time, status, latency_ms);

alter table receipts add column list_hash integer;

create index receipts_by_list on receipts (list_hash, time_ms);

create table answer_outcomes (
    time integer not null, user_id integer not null, line_hash text not null,
    status integer not null, latency_ms integer not null,
    request_id text, answered_ms integer, build_id integer, outcome text, personalised integer not null,
    watched integer not null, minutes integer not null, ratings integer not null, rating_sum real not null,
    primary key (time, user_id, line_hash)) strict, without rowid;

create unique index answer_outcomes_by_request on answer_outcomes (request_id);

create index answer_outcomes_by_version on answer_outcomes (time, build_id, status);

create view online_truth as select o.time, o.user_id, o.line_hash, o.status, o.latency_ms, o.request_id, o.answered_ms,
    b.model_version, b.data_version, b.git_commit, o.outcome, o.personalised, o.watched, o.minutes, o.ratings, o.rating_sum
    from answer_outcomes o left join receipt_builds b on b.build_id = o.build_id;

insert into counters (name, last) values ('outcomes_from', 0);

create table jobs (
    job_id text not null primary key, created_ms integer not null, active_days integer,
    item_count integer not null, kept_count integer not null, as_rows integer not null,
    state text not null, reason text not null, finished_ms integer,
    holder text not null, held_until integer not null) strict, without rowid;

create index jobs_by_state on jobs (state, created_ms);

create index jobs_by_time on jobs (created_ms);

create table job_slices (
    job_id text not null, slice_no integer not null, state text not null, attempts integer not null,
    published_ms integer not null, kept_ms integer not null, user_count integer not null,
    answered integer not null, fallbacks integer not null, failures integer not null,
    reason text not null, finished_ms integer not null,
    primary key (job_id, slice_no)) strict, without rowid;

create index job_slices_by_state on job_slices (job_id, state, published_ms, kept_ms);

create table job_users (
    job_id text not null, slice_no integer not null, user_ids blob not null,
    primary key (job_id, slice_no)) strict, without rowid;

create table job_results (
    job_id text not null, slice_no integer not null, body blob not null,
    primary key (job_id, slice_no)) strict, without rowid;

create table job_rows (
    job_id text not null, user_id integer not null, item_rank integer not null, item_id integer not null,
    score real not null, model_version text not null,
    primary key (job_id, user_id, item_rank)) strict, without rowid;

alter table receipts add column work_ms real;

create table notices (
    notice_key text not null primary key, body text not null,
    created_at integer not null, told_at integer) strict, without rowid;

create index notices_created on notices (created_at);

alter table items add column min_age integer;

create index receipts_by_user_list on receipts (user_id, list_hash, time_ms);

drop index receipts_by_user;

drop index receipts_by_list;

alter table job_rows add column source text;

