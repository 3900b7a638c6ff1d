create table if not exists schema_version (version bigint not null primary key, name varchar(100) not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table counters (name varchar(20) not null primary key, last bigint not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table progress (
    stream_id bigint not null primary key, topic varchar(249) not null, partition_number bigint not null,
    incarnation bigint not null, owner_epoch bigint not null,
    next_offset bigint not null, last_line_hash varchar(64),
    received bigint not null, accepted bigint not null, repeated bigint not null, quarantined bigint not null,
    watch_lines bigint not null, ratings bigint not null,
    unique (topic, partition_number)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table ratings (
    user_id bigint not null, item_id bigint not null, time bigint not null, rating double not null,
    primary key (user_id, item_id, time, rating)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table segments (
    stream_id bigint not null, incarnation bigint not null, first_offset bigint not null,
    user_id bigint not null, item_id bigint not null,
    first_minute bigint not null, last_minute bigint not null,
    first_time bigint not null, last_time bigint not null, line_count bigint not null,
    primary key (stream_id, incarnation, first_offset)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create index segments_by_user on segments (user_id, item_id, first_minute, last_minute, last_time);

create table recommendations (
    time bigint not null, user_id bigint not null, line_hash varchar(16) not null, millisecond bigint not null,
    status bigint not null, latency_ms bigint not null, result mediumtext not null,
    primary key (time, user_id, line_hash)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table accounts (
    time bigint not null, user_id bigint not null, line_hash varchar(16) not null,
    primary key (time, user_id, line_hash)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table quarantine (
    stream_id bigint not null, incarnation bigint not null, line_offset bigint not null,
    reason varchar(20) not null, line mediumtext not null,
    primary key (stream_id, incarnation, line_offset)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table csv_files (
    path varchar(500) not null primary key, stream_id bigint not null, owner_epoch bigint not null,
    kind varchar(20) not null, committed_bytes bigint not null, committed_rows bigint not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create view newest_ratings as select r.user_id, r.item_id, r.time, r.rating from ratings r where not exists (
    select 1 from ratings n where n.user_id = r.user_id and n.item_id = r.item_id
    and (n.time > r.time or (n.time = r.time and n.rating > r.rating)));

create table items (
    item_id bigint not null primary key, id varchar(200) not null unique,
    title mediumtext, year bigint, genres mediumtext, runtime double) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table users (
    user_id bigint not null primary key, age bigint, gender varchar(50), occupation varchar(100)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table versions (
    version_number bigint not null primary key, id varchar(64) not null unique, state varchar(20) not null,
    reason mediumtext not null, manifest mediumtext not null, created_at bigint not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table plan (
    singleton bigint not null primary key, epoch bigint not null, document mediumtext not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table plan_history (epoch bigint not null primary key, document mediumtext not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into counters (name, last) values ('item', 0);

insert into counters (name, last) values ('stream', 0);

insert into counters (name, last) values ('version', 0);

insert into plan (singleton, epoch, document) values (1, 0, '{"epoch":0,"stable":null,"canary":null,"share":0,"salt":"","withdrawn":[]}');

create table receipts (
    day bigint not null, request_id varchar(36) not null, user_id bigint not null, time_ms bigint not null,
    track varchar(10) not null, outcome varchar(10) not null, rung varchar(20), reason varchar(30),
    latency_ms double not null, build_id bigint not null, shown bigint not null, repeats varchar(36),
    history_items bigint, history_version bigint, body mediumblob not null,
    primary key (day, request_id)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create index receipts_by_user on receipts (user_id, time_ms);

create index receipts_by_time on receipts (time_ms, build_id, outcome);

create table receipt_builds (
    build_id bigint not null primary key, model_version varchar(64), data_version varchar(64) not null,
    git_commit varchar(64) not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table receipt_batches (
    batch_id varchar(64) not null primary key, day bigint not null, accepted bigint not null,
    repeated bigint not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table feedback (
    user_id bigint not null, idempotency_key varchar(100) not null, item_id bigint not null, kind varchar(10) not null,
    minutes bigint not null, rating double not null, time_ms bigint not null,
    primary key (user_id, idempotency_key)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

alter table ratings add column stored_day bigint not null default 0;

alter table segments add column stored_day bigint not null default 0;

alter table recommendations add column stored_day bigint not null default 0;

alter table accounts add column stored_day bigint not null default 0;

alter table quarantine add column stored_day bigint not null default 0;

alter table csv_files add column stored_day bigint not null default 0;

alter table quarantine add column redriven_at bigint;

create table segment_days (
    day bigint not null, stream_id bigint not null, segments bigint not null, line_count bigint not null,
    primary key (day, stream_id)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into segment_days (day, stream_id, segments, line_count)
    select 0, stream_id, count(*), sum(line_count) from segments group by stream_id;

create table viewings (
    user_id bigint not null, item_id bigint not null, day bigint not null, minutes bigint not null,
    first_time bigint not null, last_time bigint not null, line_count bigint not null,
    alone bigint not null, runs mediumtext not null,
    primary key (user_id, item_id, day)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table rollups (
    day bigint not null primary key, segments bigint not null, line_count bigint not null,
    viewings bigint not null, dropped bigint not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into counters (name, last) values ('csv_from_day', 0);

insert into counters (name, last) values ('redrive', 0);

create table detail_crawls (
    kind varchar(10) not null primary key, next_id bigint not null,
    holder varchar(100) not null, held_until bigint not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table unknown_details (
    kind varchar(10) not null, id varchar(200) not null, asked_at bigint not null,
    primary key (kind, id)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

insert into detail_crawls (kind, next_id, holder, held_until) values ('user', 1, '', 0);

insert into detail_crawls (kind, next_id, holder, held_until) values ('movie', 1, '', 0);

create index recommendations_by_time on recommendations (time, status, latency_ms);

alter table receipts add column list_hash bigint;

create index receipts_by_list on receipts (list_hash, time_ms);

create table answer_outcomes (
    time bigint not null, user_id bigint not null, line_hash varchar(16) not null,
    status bigint not null, latency_ms bigint not null,
    request_id varchar(36), answered_ms bigint, build_id bigint, outcome varchar(10), personalised bigint not null,
    watched bigint not null, minutes bigint not null, ratings bigint not null, rating_sum double not null,
    primary key (time, user_id, line_hash)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create unique index answer_outcomes_by_request on answer_outcomes (request_id);

create index answer_outcomes_by_version on answer_outcomes (time, build_id, status);

create view online_truth as select o.time, o.user_id, o.line_hash, o.status, o.latency_ms, o.request_id, o.answered_ms,
    b.model_version, b.data_version, b.git_commit, o.outcome, o.personalised, o.watched, o.minutes, o.ratings, o.rating_sum
    from answer_outcomes o left join receipt_builds b on b.build_id = o.build_id;

insert into counters (name, last) values ('outcomes_from', 0);

create table jobs (
    job_id varchar(64) not null primary key, created_ms bigint not null, active_days bigint,
    item_count bigint not null, kept_count bigint not null, as_rows bigint not null,
    state varchar(10) not null, reason varchar(500) not null, finished_ms bigint,
    holder varchar(64) not null, held_until bigint not null) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create index jobs_by_state on jobs (state, created_ms);

create index jobs_by_time on jobs (created_ms);

create table job_slices (
    job_id varchar(64) not null, slice_no bigint not null, state varchar(10) not null, attempts bigint not null,
    published_ms bigint not null, kept_ms bigint not null, user_count bigint not null,
    answered bigint not null, fallbacks bigint not null, failures bigint not null,
    reason varchar(500) not null, finished_ms bigint not null,
    primary key (job_id, slice_no)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create index job_slices_by_state on job_slices (job_id, state, published_ms, kept_ms);

create table job_users (
    job_id varchar(64) not null, slice_no bigint not null, user_ids mediumblob not null,
    primary key (job_id, slice_no)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table job_results (
    job_id varchar(64) not null, slice_no bigint not null, body mediumblob not null,
    primary key (job_id, slice_no)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table job_rows (
    job_id varchar(64) not null, user_id bigint not null, item_rank bigint not null, item_id bigint not null,
    score double not null, model_version varchar(64) not null,
    primary key (job_id, user_id, item_rank)) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

alter table segments modify column stream_id mediumint unsigned not null, modify column incarnation smallint unsigned not null, modify column user_id int unsigned not null, modify column item_id int unsigned not null, modify column first_minute smallint unsigned not null, modify column last_minute smallint unsigned not null, modify column line_count int unsigned not null, modify column stored_day mediumint unsigned not null default 0;

alter table receipts add column work_ms double;

create table notices (
    notice_key varchar(255) not null primary key, body mediumtext not null,
    created_at bigint not null, told_at bigint) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create index notices_created on notices (created_at);

alter table items add column min_age bigint;

create index receipts_by_user_list on receipts (user_id, list_hash, time_ms);

alter table receipts drop index receipts_by_user;

alter table receipts drop index receipts_by_list;

alter table job_rows add column source varchar(16);

