import type { Ledger } from '../ledger.ts';
import { createCrawlLedger } from './sql-ledger-crawl.ts';
import { createDetailsLedger } from './sql-ledger-details.ts';
import { createEvidenceLedger } from './sql-ledger-evidence.ts';
import { createIngestLedger } from './sql-ledger-ingest.ts';
import { createJobLedger } from './sql-ledger-jobs.ts';
import { createNoticeLedger } from './sql-ledger-notices.ts';
import { createReadingLedger } from './sql-ledger-reading.ts';
import { createReceiptLedger } from './sql-ledger-receipts.ts';
import { createReleaseLedger } from './sql-ledger-releases.ts';
import { createTruthLedger } from './sql-ledger-truth.ts';
import { createUpkeepLedger } from './sql-ledger-upkeep.ts';
import { createVerifyLedger } from './sql-ledger-verify.ts';
import type { SqlDatabase } from './sql-database.ts';

/** The Ledger over any SQL database whose schema is up to date. */
export const createSqlLedger = (database: SqlDatabase): Ledger => ({
  ...createIngestLedger(database),
  ...createReadingLedger(database),
  ...createVerifyLedger(database),
  ...createDetailsLedger(database),
  ...createCrawlLedger(database),
  ...createReceiptLedger(database),
  ...createReleaseLedger(database),
  ...createNoticeLedger(database),
  ...createTruthLedger(database),
  ...createEvidenceLedger(database),
  ...createUpkeepLedger(database),
  ...createJobLedger(database),
  isUp: () => database.isUp(),
  close: () => database.close(),
});
