import type { MysqlDatabase } from '../../packages/shared/src/storage/mysql/mysql-database.ts';
import { createLineParser } from '../../services/ingestor/src/index.ts';
import { generateHour } from '../generate-hour.ts';

const lines = 5_000;

/** What a first version of an ingestor does: parse a line, insert a row, next line. Lines a second, into an empty table. */
export async function insertByLine(database: MysqlDatabase): Promise<number> {
  const parse = createLineParser();
  await database.run('drop table if exists one_by_one');
  await database.run(
    `create table one_by_one (id bigint auto_increment primary key, user_id bigint not null, movie varchar(200), minute bigint,
      rating bigint, time bigint not null)`,
  );
  const startedAt = performance.now();
  for (const line of generateHour(lines, { seed: 999 })) {
    const parsed = parse(Buffer.from(line));
    if (!parsed.ok) continue;
    const { event } = parsed;
    const movie = 'movieId' in event ? event.movieId : null;
    await database.run('insert into one_by_one (user_id, movie, minute, rating, time) values (?, ?, ?, ?, ?)', [
      event.userId,
      movie,
      event.kind === 'watch' ? event.minute : null,
      event.kind === 'rate' ? event.rating : null,
      event.time,
    ]);
  }
  return lines / ((performance.now() - startedAt) / 1_000);
}
