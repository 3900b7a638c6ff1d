import type { LoggedAnswer, RequestHour, TimeWindow, TruthLedger, VersionOutcomes } from '../truth-ledger.ts';
import { readPages } from './read-pages.ts';
import { settleAnswers } from './settle-truth.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';

const daySeconds = 86_400;
const answersAtOnce = 5_000;

export const createTruthLedger = (database: SqlDatabase): TruthLedger => ({
  requestSpan: () => requestSpan(database),
  async requestHours(window, onHours) {
    for await (const day of daysWithRequests(database, window)) await onHours(await hoursOf(database, day));
  },
  settleAnswers: ({ windowSeconds }) => settleAnswers(database, windowSeconds),
  outcomes: (window) => outcomesByVersion(database, window),
  async answers(window, onAnswers) {
    for await (const page of answerPages(database, window)) {
      await onAnswers(
        page.map(({ status, latencyMs, result, modelVersion }) => ({ status, latencyMs, result, modelVersion })),
      );
    }
  },
});

async function requestSpan(database: SqlSession): Promise<TimeWindow | undefined> {
  const [{ first, last }] = await database.all<{ first: number | null; last: number | null }>(
    'select min(time) as first, max(time) as last from recommendations',
  );
  return first === null || last === null ? undefined : { from: first, to: last + 1 };
}

/** Jumps over days without requests, so that one line with a wild time costs one step and not thousands. */
async function* daysWithRequests(database: SqlSession, { from, to }: TimeWindow): AsyncGenerator<TimeWindow> {
  for (let start = from; start < to;) {
    const [{ first }] = await database.all<{ first: number | null }>(
      'select min(time) as first from recommendations where time >= ? and time < ?',
      [start, to],
    );
    if (first === null) return;
    const day = { from: first, to: Math.min(to, first - (first % daySeconds) + daySeconds) };
    yield day;
    start = day.to;
  }
}

async function hoursOf(database: SqlSession, day: TimeWindow): Promise<RequestHour[]> {
  const hours = new Map<number, RequestHour>();
  for (const { hour, latencyMs, requests } of await countRequests(database, day)) {
    const entry = hours.get(hour) ?? { hour, requests: 0, latencies: [], minutesDown: 0 };
    hours.set(hour, entry);
    entry.requests += requests;
    if (latencyMs !== failed) entry.latencies.push({ latencyMs, lines: requests });
  }
  for (const minute of await minutesDown(database, day)) {
    const entry = hours.get(minute - (minute % 3_600));
    // A line that came between the two statements belongs to the next report.
    if (entry) entry.minutesDown += 1;
  }
  return [...hours.values()];
}

/** Stands for the latency of a line without status 200, which no percentile may count. */
const failed = -1;

const countRequests = (database: SqlSession, { from, to }: TimeWindow) =>
  database.all<{ hour: number; latencyMs: number; requests: number }>(
    `select time - time % 3600 as hour, case when status = 200 then latency_ms else ${failed} end as latencyMs,
      count(*) as requests from recommendations where time >= ? and time < ?
      group by hour, latencyMs order by hour, latencyMs`,
    [from, to],
  );

async function minutesDown(database: SqlSession, { from, to }: TimeWindow): Promise<number[]> {
  const rows = await database.all<{ minute: number }>(
    `select time - time % 60 as minute from recommendations where time >= ? and time < ?
      group by minute having max(case when status = 200 then 1 else 0 end) = 0 order by minute`,
    [from, to],
  );
  return rows.map(({ minute }) => minute);
}

interface AnswerRow extends LoggedAnswer {
  time: number;
  userId: number;
  lineHash: string;
}

/** By the primary key: after the identity of the last row, and the time alone again for the range that is read. */
const answerPages = (database: SqlSession, { from, to }: TimeWindow) =>
  readPages<AnswerRow>((last) =>
    database.all(
      `select q.time, q.user_id as userId, q.line_hash as lineHash, q.status, q.latency_ms as latencyMs, q.result,
        b.model_version as modelVersion from recommendations q
        left join answer_outcomes o on o.time = q.time and o.user_id = q.user_id and o.line_hash = q.line_hash
        left join receipt_builds b on b.build_id = o.build_id
        where q.time >= ? and q.time < ? and (q.time > ? or q.user_id > ? or (q.user_id = ? and q.line_hash > ?))
        order by q.time, q.user_id, q.line_hash limit ${answersAtOnce}`,
      [
        Math.max(from, last?.time ?? from),
        to,
        last?.time ?? from - 1,
        last?.userId ?? 0,
        last?.userId ?? 0,
        last?.lineHash ?? '',
      ],
    ),
  );

/** Sums come as text from MySQL. */
type TextOrNumber<Row> = { [Field in keyof Row]: Row[Field] | string };

async function outcomesByVersion(database: SqlSession, { from, to }: TimeWindow): Promise<VersionOutcomes[]> {
  const rows = await database.all<TextOrNumber<VersionOutcomes>>(
    `select model_version as modelVersion, count(*) as requests, sum(case when status = 200 then 1 else 0 end) as answers,
      sum(case when status = 200 then personalised else 0 end) as personalised,
      sum(case when status = 200 and watched > 0 then 1 else 0 end) as hits,
      sum(minutes) as minutes, sum(ratings) as ratings, sum(rating_sum) as ratingSum
      from online_truth where time >= ? and time < ? group by model_version order by model_version`,
    [from, to],
  );
  return rows.map(({ modelVersion, ...sums }) => ({
    ...(Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, Number(sum)])) as unknown as Omit<
      VersionOutcomes,
      'modelVersion'
    >),
    modelVersion,
  }));
}
