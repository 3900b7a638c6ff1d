import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { rowKinds, type Ledger, type RowKind } from '@reelay/shared/storage';
import type { SqlDatabase } from '../../packages/shared/src/storage/sql/sql-database.ts';
import type { Produced } from './produce-lines.ts';

export interface Stored {
  segments: number;
  ratings: number;
  requests: number;
  quarantined: number;
  repeated: number;
}

/** Counts in SQL and in the CSV files against what was produced; throws when a line is missing or doubled. */
export async function checkStored(
  ledger: Ledger,
  database: SqlDatabase,
  csvDir: string,
  produced: Produced,
): Promise<Stored> {
  const [{ streamId, counts }] = await ledger.progress(produced.topic);
  const [{ segments, lines }] = await database.all<{ segments: number; lines: number }>(
    'select count(*) as segments, sum(line_count) as `lines` from segments where stream_id = ?',
    [streamId],
  );
  const csv = await csvRows(ledger, csvDir, streamId);
  const singles = csv.ratings + csv.recommendations;
  const unread = produced.lines - produced.watches - produced.ratings - produced.requests;
  expectEqual('received lines', counts.received, produced.lines);
  expectEqual('lines of segments', Number(lines), produced.watches);
  expectEqual('segments in CSV', csv.segments, Number(segments));
  expectEqual('ratings, requests and repetitions', singles + counts.repeated, produced.ratings + produced.requests);
  expectEqual('refused lines', counts.quarantined, unread);
  expectEqual('refused lines in CSV', csv.quarantine, unread);
  if (Number(segments) === 0) throw new Error('a bench over nothing');
  return { segments: Number(segments), ratings: csv.ratings, requests: csv.recommendations, ...counts };
}

function expectEqual(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: ${found} instead of ${expected}`);
}

/** Lines of the files of a stream up to their committed length, without their headers. */
async function csvRows(ledger: Ledger, csvDir: string, streamId: number): Promise<Record<RowKind, number>> {
  const rows = Object.fromEntries(rowKinds.map((kind) => [kind, 0])) as Record<RowKind, number>;
  for (const file of (await ledger.csvFiles()).filter((one) => one.streamId === streamId)) {
    const found = (await lineEnds(join(csvDir, file.path), file.committedBytes)) - 1;
    expectEqual(`rows in ${file.path}`, found, file.committedRows);
    rows[file.kind] += found;
  }
  return rows;
}

/** No field holds a line end: what would be one is replaced when the line is read. */
async function lineEnds(path: string, bytes: number): Promise<number> {
  const handle = await open(path);
  try {
    let ends = 0;
    for await (const chunk of handle.createReadStream({ end: bytes - 1 }) as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) ends += 1;
    }
    return ends;
  } finally {
    await handle.close();
  }
}
