import { rowsIn, rowsOfLists, type UserList } from './rows-in.ts';
import type { SqlSession } from './sql-database.ts';
import type { LinkedReceipt, TruthLine } from './truth-lines.ts';

interface FreeReceipt extends LinkedReceipt {
  userId: number;
  listHash: number | null;
}

const freeReceipt = `select r.request_id as requestId, r.user_id as userId, r.list_hash as listHash, r.time_ms as answeredMs,
  r.build_id as buildId, r.outcome, case when r.outcome <> 'fallback' and r.history_items > 0 then 1 else 0 end as personalised`;
/** Receipts that no line has yet. */
const whereFree = 'left join answer_outcomes o on o.request_id = r.request_id where o.request_id is null';

/**
 * How far a receipt of a failure may stand from the answers around it: the line is written when the caller gave up, the receipt when the
 * answer was made.
 */
const aroundMs = 3_000;
/** Where no answer is known on one side. */
const oneSidedMs = 10_000;

/**
 * Gives lines their receipts; lines come newest first. Same user and list find each other; of several equal ones the nearest to
 * the line after it, since log and receipts are in the same order. Then failed lines take what their user was answered between their
 * neighbours: an answer that came too late. `nearMs`: when the line after the newest one was answered. Returns that of the oldest.
 */
export async function linkReceipts(
  session: SqlSession,
  lines: TruthLine[],
  nearMs: number | undefined,
): Promise<number | undefined> {
  const open = lines.filter(
    (line): line is TruthLine & UserList => line.listHash !== null && line.receipt === undefined,
  );
  const free = await rowsOfLists<FreeReceipt>(session, open, { select: freeReceipt, rest: whereFree });
  const byList = Map.groupBy(free, ({ listHash }) => listHash);
  let near = nearMs;
  for (const line of lines) {
    if (line.receipt === undefined && line.listHash !== null)
      line.receipt = takeNearest(byList.get(line.listHash), line.userId, near);
    near = line.receipt?.answeredMs ?? near;
  }
  await linkFailures(session, lines, nearMs);
  return near;
}

async function linkFailures(session: SqlSession, lines: TruthLine[], nearMs: number | undefined): Promise<void> {
  const spans = spansOf(lines, nearMs);
  if (spans.length === 0) return;
  const [from, to] = [Math.min(...spans.map((span) => span.from)), Math.max(...spans.map((span) => span.to))];
  const sql = `${freeReceipt} from receipts r ${whereFree} and r.time_ms >= ? and r.time_ms <= ? and r.user_id`;
  const users = [...new Set(spans.map(({ line }) => line.userId))];
  const taken = new Set(lines.flatMap(({ receipt }) => receipt?.requestId ?? []));
  const free = await rowsIn<FreeReceipt>(session, sql, users, [from, to]);
  const byUser = Map.groupBy(
    free.filter(({ requestId }) => !taken.has(requestId)),
    ({ userId }) => userId,
  );
  for (const { line, from: first, to: last } of spans) {
    const some = byUser.get(line.userId);
    const inside = some?.filter(({ answeredMs }) => answeredMs >= first && answeredMs <= last);
    line.receipt = takeNearest(inside, line.userId, (first + last) / 2);
    if (some && line.receipt) some.splice(some.indexOf(line.receipt as FreeReceipt), 1);
  }
}

interface Span {
  line: TruthLine;
  from: number;
  to: number;
}

/** For each failed line without a receipt, the time between the answers around it. None where no answer is known on either side. */
function spansOf(lines: TruthLine[], nearMs: number | undefined): Span[] {
  const older: (number | undefined)[] = [];
  lines.reduceRight<number | undefined>((near, { receipt }, place) => {
    older[place] = near;
    return receipt?.answeredMs ?? near;
  }, undefined);
  let newer = nearMs;
  return lines.flatMap((line, place) => {
    const [from, to] = [older[place] ?? (newer ?? 0) - oneSidedMs, newer ?? (older[place] ?? 0) + oneSidedMs];
    newer = line.receipt?.answeredMs ?? newer;
    const isOpen = line.status !== 200 && line.receipt === undefined && (older[place] ?? newer) !== undefined;
    return isOpen ? [{ line, from: Math.min(from, to) - aroundMs, to: Math.max(from, to) + aroundMs }] : [];
  });
}

/** Takes it out of the list. */
function takeNearest(some: FreeReceipt[] | undefined, userId: number, nearMs = Infinity): FreeReceipt | undefined {
  let best = -1;
  for (const [place, receipt] of (some ?? []).entries()) {
    if (receipt.userId === userId && (best < 0 || distance(receipt, nearMs) < distance(some![best], nearMs)))
      best = place;
  }
  return best < 0 ? undefined : some!.splice(best, 1)[0];
}

/** Of what is endlessly far away the newest is nearest. */
const distance = ({ answeredMs }: FreeReceipt, nearMs: number): number =>
  nearMs === Infinity ? -answeredMs : Math.abs(answeredMs - nearMs);
