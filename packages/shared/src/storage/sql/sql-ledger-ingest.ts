import type { IngestLedger } from '../ledger.ts';
import type { CsvFile } from '../rows.ts';
import { commitWindow } from './commit-window.ts';
import { itemIds } from './dictionary.ts';
import { progressRows } from './progress-rows.ts';
import type { SqlDatabase } from './sql-database.ts';
import { beginIncarnation, claimStream } from './streams.ts';

export const createIngestLedger = (database: SqlDatabase): IngestLedger => ({
  claim: (topic, partition) => claimStream(database, topic, partition),
  beginIncarnation: (streamId, ownerEpoch) => beginIncarnation(database, streamId, ownerEpoch),
  commitWindow: (window, appendCsv) => commitWindow(database, window, appendCsv),
  itemIds: (ids) => itemIds(database, ids),
  progress: (topic) => progressRows(database, topic),
  csvFiles: () =>
    database.all<CsvFile>(
      `select path, stream_id as streamId, owner_epoch as ownerEpoch, kind, stored_day as storedDay, committed_bytes as committedBytes,
        committed_rows as committedRows from csv_files order by path`,
    ),
});
