import { verifyCsv } from '@reelay/ingestor';
import { openLedger } from '@reelay/shared/storage';
import type { Command } from 'commander';
import { readRunFile } from '../run-file.ts';
import { embeddedAddresses, readSettings } from '../settings.ts';

export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description('compare CSV with SQL, row for row')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ npx reelay verify')
    .action(async ({ json }: { json?: boolean }) => {
      const settings = readSettings(process.env);
      const addresses = (await readRunFile(settings.REELAY_HOME))?.addresses ?? embeddedAddresses(settings);
      const ledger = await openLedger(addresses.LEDGER_URL);
      try {
        const result = await verifyCsv(ledger, addresses.CSV_DIR);
        console.log(json ? JSON.stringify(result) : JSON.stringify(result, null, 2));
        process.exitCode = result.equal ? 0 : 1;
      } finally {
        await ledger.close();
      }
    });
}
