import { verifyCsv, type CsvVerdict } from '@reelay/ingestor';
import type { Command } from 'commander';
import { withLedgerAtHome } from '../ledger-at-home.ts';

const dayMs = 86_400_000;

export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description('compare CSV with SQL, row for row, over the days whose files are kept; exit code 1 when they differ')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ npx reelay verify')
    .action(({ json }: { json?: boolean }) =>
      withLedgerAtHome(async ({ ledger, csvDir }) => {
        const verdict = await verifyCsv(ledger, csvDir);
        console.log(json ? JSON.stringify(verdict) : asText(verdict));
        process.exitCode = verdict.equal ? 0 : 1;
      }),
    );
}

function asText({ equal, fromDay, files, rows, differences }: CsvVerdict): string {
  const since = fromDay > 0 ? `, stored since ${new Date(fromDay * dayMs).toISOString().slice(0, 10)}` : '';
  const counts = Object.entries(rows).map(([kind, count]) => `  ${kind.padEnd(16)} ${count.toLocaleString('en')}`);
  return [
    equal
      ? `CSV and SQL are equal, row for row (${files} files${since}).`
      : `CSV and SQL differ (${files} files${since}).`,
    ...counts,
    ...differences.map((difference) => `  ! ${difference}`),
  ].join('\n');
}
