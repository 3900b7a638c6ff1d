import type { Migration } from './migration.ts';

/**
 * Segments are the table that grows, and their index by user is touched all over by each window: it must fit into memory. So their numbers
 * take the bytes that they need: users and items to 2^32, minutes to 65,535 (the log has up to 2,000), streams and days to 2^24, incarnations
 * to 65,535. Offsets and times stay as they are, for a log may have any date. SQLite stores small numbers small anyway.
 */
export const narrowSegments: Migration = {
  version: 8,
  name: 'narrow segments',
  statements: ({ whole, changedColumns }) =>
    changedColumns('segments', [
      `stream_id ${whole(3)} not null`,
      `incarnation ${whole(2)} not null`,
      `user_id ${whole(4)} not null`,
      `item_id ${whole(4)} not null`,
      `first_minute ${whole(2)} not null`,
      `last_minute ${whole(2)} not null`,
      `line_count ${whole(4)} not null`,
      `stored_day ${whole(3)} not null default 0`,
    ]),
};
