import { createReceiptExplainer, type ExplainReceipt } from '@reelay/gateway';
import { openArtifactStore, openLedger, type ArtifactStore, type Ledger } from '@reelay/shared/storage';
import { readRunFile } from './run-file.ts';
import { embeddedAddresses, readSettings } from './settings.ts';

/** Opens the ledger and the artifacts of `REELAY_HOME`, running or not, for as long as `use` takes. */
export async function withReceipts(
  use: (ledger: Ledger, explain: ExplainReceipt, artifacts: ArtifactStore) => Promise<void>,
): Promise<void> {
  const settings = readSettings(process.env);
  const running = await readRunFile(settings.REELAY_HOME);
  const standard = embeddedAddresses(settings);
  const ledger = await openLedger(running?.addresses.LEDGER_URL ?? settings.LEDGER_URL ?? standard.LEDGER_URL);
  const artifacts = await openArtifactStore(
    running?.addresses.ARTIFACTS_URL ?? settings.ARTIFACTS_URL ?? standard.ARTIFACTS_URL,
  );
  try {
    await use(ledger, createReceiptExplainer(artifacts), artifacts);
  } finally {
    await artifacts.close();
    await ledger.close();
  }
}
