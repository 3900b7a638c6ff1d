delete from accounts;

insert into accounts (time, user_id, line_hash, stored_day) values (1714521600, 1, '0123456789abcdef', 19844);

delete from answer_outcomes;

insert into answer_outcomes (time, user_id, line_hash, status, latency_ms, request_id, answered_ms, build_id, outcome, personalised, watched, minutes, ratings, rating_sum) values (1714521600, 1, '0123456789abcdef', 200, 31, null, null, null, null, 0, 0, 0, 2, 6);

delete from counters;

insert into counters (name, last) values ('csv_from_day', 0);

insert into counters (name, last) values ('item', 2);

insert into counters (name, last) values ('outcomes_from', 0);

insert into counters (name, last) values ('redrive', 0);

insert into counters (name, last) values ('stream', 1);

insert into counters (name, last) values ('version', 1);

delete from csv_files;

insert into csv_files (path, stream_id, owner_epoch, kind, committed_bytes, committed_rows, stored_day) values ('ratings-1-1.csv', 1, 1, 'ratings', 20, 2, 19844);

delete from detail_crawls;

insert into detail_crawls (kind, next_id, holder, held_until) values ('movie', 1, '', 0);

insert into detail_crawls (kind, next_id, holder, held_until) values ('user', 1, '', 0);

delete from feedback;

insert into feedback (user_id, idempotency_key, item_id, kind, minutes, rating, time_ms) values (1, 'key-1', 1, 'ignored', 0, 0, 1714521600000);

delete from items;

insert into items (item_id, id, title, year, genres, runtime, min_age) values (1, 'heat+1995', 'Heat, l''affrontement', 1995, '["Crime"]', 170, 16);

insert into items (item_id, id, title, year, genres, runtime, min_age) values (2, 'alien+1979', null, null, null, null, null);

delete from job_results;

delete from job_rows;

delete from job_slices;

delete from job_users;

delete from jobs;

delete from notices;

insert into notices (notice_key, body, created_at, told_at) values ('plan-1', '{}', 1714521600000, null);

delete from plan;

insert into plan (singleton, epoch, document) values (1, 1, '{"epoch":1,"stable":"1-abcdef","canary":null,"share":0,"salt":"","withdrawn":[]}');

delete from plan_history;

insert into plan_history (epoch, document) values (1, '{"epoch":1,"stable":"1-abcdef","canary":null,"share":0,"salt":"","withdrawn":[]}');

delete from progress;

insert into progress (stream_id, topic, partition_number, incarnation, owner_epoch, next_offset, last_line_hash, received, accepted, repeated, quarantined, watch_lines, ratings) values (1, 'movielog1', 0, 1, 1, 10, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 10, 9, 0, 1, 5, 2);

delete from quarantine;

insert into quarantine (stream_id, incarnation, line_offset, reason, line, stored_day, redriven_at) values (1, 1, 9, 'FORM', 'it''s no line; 漢字 😀', 19844, null);

delete from ratings;

insert into ratings (user_id, item_id, time, rating, stored_day) values (1, 1, 1714521600, 2, 19844);

insert into ratings (user_id, item_id, time, rating, stored_day) values (1, 1, 1714521600, 4, 19844);

delete from receipt_batches;

insert into receipt_batches (batch_id, day, accepted, repeated) values ('batch-1', 19844, 1, 0);

delete from receipt_builds;

insert into receipt_builds (build_id, model_version, data_version, git_commit) values (7739353448194, '17-3fa9c1', 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', 'cccccccccccccccccccccccccccccccccccccccc');

delete from receipts;

insert into receipts (day, request_id, user_id, time_ms, track, outcome, rung, reason, latency_ms, build_id, shown, repeats, history_items, history_version, body, list_hash, work_ms) values (19844, '018f3173-7000-7000-8000-000000000001', 876543, 1714521600001, 'stable', 'model', null, null, 12.3, 7739353448194, 20, null, 40, 1234, x'1014906500428965c041826580417b654041746500416d65c040666580405f654040586500405165803f4a65003f4365803e3c65003e3565803d2e65003d2765803c2065003c1965003b1265003a0b65003900cdab2301', 20015998343868, 10.1);

delete from recommendations;

insert into recommendations (time, user_id, line_hash, millisecond, status, latency_ms, result, stored_day) values (1714521600, 1, '0123456789abcdef', 7, 200, 31, 'heat+1995', 19844);

delete from rollups;

insert into rollups (day, segments, line_count, viewings, dropped) values (19844, 1, 5, 1, 0);

insert into schema_version (version, name) values (1, 'initial');

insert into schema_version (version, name) values (2, 'receipts and feedback');

insert into schema_version (version, name) values (3, 'days, viewings and re-driven lines');

insert into schema_version (version, name) values (4, 'detail crawls');

insert into schema_version (version, name) values (5, 'online truth');

insert into schema_version (version, name) values (6, 'what became of answers');

insert into schema_version (version, name) values (7, 'jobs and slices');

insert into schema_version (version, name) values (8, 'narrow segments');

insert into schema_version (version, name) values (9, 'work times of receipts');

insert into schema_version (version, name) values (10, 'notices');

insert into schema_version (version, name) values (11, 'age ratings of items');

insert into schema_version (version, name) values (12, 'receipts by user and list');

insert into schema_version (version, name) values (13, 'sources of the rows of jobs');

delete from segment_days;

insert into segment_days (day, stream_id, segments, line_count) values (19844, 1, 1, 5);

delete from segments;

insert into segments (stream_id, incarnation, first_offset, user_id, item_id, first_minute, last_minute, first_time, last_time, line_count, stored_day) values (1, 1, 2, 1, 2, 0, 4, 1714521600, 1714521840, 5, 19844);

delete from unknown_details;

insert into unknown_details (kind, id, asked_at) values ('movie', 'nobody+knows+1900', 1714521600000);

delete from users;

insert into users (user_id, age, gender, occupation) values (1, 34, 'F', 'artist');

delete from versions;

insert into versions (version_number, id, state, reason, manifest, created_at) values (1, '1-abcdef', 'released', '', '{}', 1714521600000);

delete from viewings;

insert into viewings (user_id, item_id, day, minutes, first_time, last_time, line_count, alone, runs) values (1, 2, 19844, 5, 1714521600, 1714521840, 5, 0, '0-4');

