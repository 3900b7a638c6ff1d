import { findReceipt } from '@reelay/gateway';
import type { Command } from 'commander';
import { withReceipts } from '../receipts-at-home.ts';

export function addProvenanceCommand(program: Command): void {
  program
    .command('provenance')
    .description('how an answer came about: model, data, code, history and list')
    .argument('<requestId>', 'as in the header X-Request-Id of the answer')
    .option('--json', 'one line of JSON instead of a readable page')
    .addHelpText('after', '\nExample:\n  $ npx reelay provenance 0190f3c2-7d4e-7b7a-9a52-2f6f1c0a4b11')
    .action((requestId: string, { json }: { json?: boolean }) =>
      withReceipts(async (ledger, explain) => {
        console.log(JSON.stringify(await findReceipt(requestId, ledger, explain), null, json ? 0 : 2));
      }),
    );
}
