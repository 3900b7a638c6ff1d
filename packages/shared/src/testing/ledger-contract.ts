import { afterEach, beforeEach, describe, test } from 'vitest';
import { openLedger, type Ledger } from '../storage/index.ts';
import { ledgerChecks } from './ledger-checks.ts';
import { ledgerCrawlContract } from './ledger-crawl-contract.ts';
import { ledgerEvidenceContract } from './ledger-evidence-contract.ts';
import { ledgerIngestContract } from './ledger-ingest-contract.ts';
import { ledgerOutcomeContract } from './ledger-outcome-contract.ts';
import { ledgerJobContract } from './ledger-job-contract.ts';
import { ledgerReadingContract } from './ledger-reading-contract.ts';
import { ledgerReceiptContract } from './ledger-receipt-contract.ts';
import { ledgerNoticeContract } from './ledger-notice-contract.ts';
import { ledgerReleaseContract } from './ledger-release-contract.ts';
import { ledgerTruthContract } from './ledger-truth-contract.ts';
import { ledgerUpkeepContract } from './ledger-upkeep-contract.ts';

export interface LedgerSubject {
  name: string;
  /** URL of an empty ledger that nobody else uses. */
  emptyUrl: () => Promise<string>;
}

/** A ledger for one test, and how to open it once more, as another process would. */
export interface OpenedLedger {
  ledger: Ledger;
  another(): Promise<Ledger>;
}

/** The definition of `Ledger`, for every adapter. */
export function ledgerContract({ name, emptyUrl }: LedgerSubject): void {
  describe(`ledger: ${name}`, () => {
    let url: string;
    let open: Ledger[];
    const opened = {} as OpenedLedger;
    const another = async () => {
      const ledger = await openLedger(url);
      open.push(ledger);
      return ledger;
    };
    beforeEach(async () => {
      open = [];
      url = await emptyUrl();
      Object.assign(opened, { ledger: await another(), another });
    });
    afterEach(async () => {
      for (const ledger of open) await ledger.close();
    });

    for (const [promise, check] of Object.entries(ledgerChecks)) test(promise, () => check(opened.ledger));
    ledgerIngestContract(opened);
    ledgerReadingContract(opened);
    ledgerCrawlContract(opened);
    ledgerReleaseContract(opened);
    ledgerNoticeContract(opened);
    ledgerReceiptContract(opened);
    ledgerTruthContract(opened);
    ledgerOutcomeContract(opened);
    ledgerEvidenceContract(opened);
    ledgerUpkeepContract(opened);
    ledgerJobContract(opened);
  });
}
