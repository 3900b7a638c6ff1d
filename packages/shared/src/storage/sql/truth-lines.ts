import { listHash } from '../../runtime/index.ts';
import type { RowTable, SqlSession } from './sql-database.ts';

/** What is known of a receipt that a line of the log belongs to. */
export interface LinkedReceipt {
  requestId: string;
  /** Milliseconds since 1970. */
  answeredMs: number;
  buildId: number;
  outcome: string;
  /** 1: made by a model from the user's own history. */
  personalised: number;
}

/** A recommendation line, with its receipt as far as one was found. */
export interface TruthLine {
  time: number;
  millisecond: number;
  userId: number;
  lineHash: string;
  status: number;
  latencyMs: number;
  /** Ids of the list; none when status is not 200. */
  itemIds: string[];
  listHash: number | null;
  receipt: LinkedReceipt | undefined;
}

interface StoredLine extends Omit<TruthLine, 'itemIds' | 'listHash' | 'receipt'>, Partial<LinkedReceipt> {
  result: string;
}

/** Up to `limit` lines of this second or later, newest first; those behind `last`, where it is given. */
export async function linesBack(
  session: SqlSession,
  { from, last, limit }: { from: number; last: TruthLine | undefined; limit: number },
): Promise<TruthLine[]> {
  const before = last ?? { time: Number.MAX_SAFE_INTEGER, userId: 0, lineHash: '' };
  const stored = await session.all<StoredLine>(
    `select q.time, q.millisecond, q.user_id as userId, q.line_hash as lineHash, q.status, q.latency_ms as latencyMs, q.result,
      o.request_id as requestId, o.answered_ms as answeredMs, o.build_id as buildId, o.outcome, o.personalised
      from recommendations q
      left join answer_outcomes o on o.time = q.time and o.user_id = q.user_id and o.line_hash = q.line_hash
      where q.time >= ? and q.time <= ? and (q.time < ? or q.user_id < ? or (q.user_id = ? and q.line_hash < ?))
      order by q.time desc, q.user_id desc, q.line_hash desc limit ${limit}`,
    [from, before.time, before.time, before.userId, before.userId, before.lineHash],
  );
  return stored.map(lineOf);
}

function lineOf({ result, requestId, answeredMs, buildId, outcome, personalised, ...line }: StoredLine): TruthLine {
  const isAnswered = line.status === 200;
  return {
    ...line,
    itemIds: isAnswered ? result.split(',') : [],
    listHash: isAnswered ? listHash(line.userId, result) : null,
    receipt: requestId
      ? { requestId, answeredMs: answeredMs!, buildId: buildId!, outcome: outcome!, personalised: personalised! }
      : undefined,
  };
}

/** What the user did with a list. */
export interface ListUse {
  /** Items of the list of which something was watched. */
  watched: number;
  minutes: number;
  ratings: number;
  ratingSum: number;
}

export const outcomeTable: RowTable<TruthLine & ListUse> = {
  name: 'answer_outcomes',
  columns: [
    'time',
    'user_id',
    'line_hash',
    'status',
    'latency_ms',
    'request_id',
    'answered_ms',
    'build_id',
    'outcome',
    'personalised',
    'watched',
    'minutes',
    'ratings',
    'rating_sum',
  ],
  keyLength: 3,
  values: ({ receipt, ...row }) => [
    row.time,
    row.userId,
    row.lineHash,
    row.status,
    row.latencyMs,
    receipt?.requestId ?? null,
    receipt?.answeredMs ?? null,
    receipt?.buildId ?? null,
    receipt?.outcome ?? null,
    receipt?.personalised ?? 0,
    row.watched,
    row.minutes,
    row.ratings,
    row.ratingSum,
  ],
};
