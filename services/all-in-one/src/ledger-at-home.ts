import { openLedger, type Ledger } from '@reelay/shared/storage';
import { readRunFile, type RunFile } from './run-file.ts';
import { embeddedAddresses, readSettings } from './settings.ts';

export interface Home {
  ledger: Ledger;
  csvDir: string;
  /** The running platform, if there is one. */
  run: RunFile | undefined;
}

/** The ledger of the running platform, of the environment, or of `REELAY_HOME`, for as long as `use` takes. */
export async function withLedgerAtHome<T>(use: (home: Home) => Promise<T>): Promise<T> {
  const settings = readSettings(process.env);
  const run = await readRunFile(settings.REELAY_HOME);
  const embedded = embeddedAddresses(settings);
  const ledger = await openLedger(run?.addresses.LEDGER_URL ?? settings.LEDGER_URL ?? embedded.LEDGER_URL);
  try {
    return await use({ ledger, csvDir: run?.addresses.CSV_DIR ?? embedded.CSV_DIR, run });
  } finally {
    await ledger.close();
  }
}
