import type { EventLog } from '@reelay/shared/messaging';
import { openLedger } from '@reelay/shared/storage';
import type { Addresses } from './settings.ts';
import { createProgress } from './terminal/progress.ts';
import { waitUntilIngested } from './wait-until-ingested.ts';

/** Waits until all that stands in the topic is stored, with a line of progress on a terminal: lines stored of lines there. */
export async function showIngest(
  eventLog: EventLog,
  addresses: Addresses,
  topic: string,
  flush: () => Promise<unknown>,
): Promise<void> {
  const ledger = await openLedger(addresses.LEDGER_URL);
  const progress = createProgress('storing');
  try {
    await waitUntilIngested({
      eventLog,
      ledger,
      topic,
      flush,
      onProgress: (stored, wanted) => progress.update(stored, wanted),
    });
  } finally {
    progress.end();
    await ledger.close();
  }
}
