import { progressRows } from './progress-rows.ts';
import type { StreamPlace } from './row-tables.ts';
import type { SqlSession } from './sql-database.ts';

/** Every stream and each of its incarnations, which count from 1 without a gap. */
export async function streamPlaces(session: SqlSession): Promise<StreamPlace[]> {
  return (await progressRows(session)).flatMap(({ streamId, incarnation }) =>
    Array.from({ length: incarnation }, (_, earlier) => ({ streamId, incarnation: earlier + 1 })),
  );
}
