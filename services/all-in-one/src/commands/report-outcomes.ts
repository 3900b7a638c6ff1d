import { AppError } from '@reelay/shared/runtime';
import type { TruthLedger } from '@reelay/shared/storage';
import type { Command } from 'commander';
import { withLedgerAtHome } from '../ledger-at-home.ts';
import { logWindow } from '../report/log-window.ts';
import { outcomesText, readOutcomes } from '../report/outcomes.ts';
import { outcomeWindowSeconds } from '../settings.ts';

export interface OutcomesOptions {
  from?: string;
  to?: string;
  json?: boolean;
}

export function addOutcomesReport(report: Command): void {
  report
    .command('outcomes')
    .description('what users did with their answers, by model version')
    .option('--from <time>', 'answers from this time of the log on (UTC unless it says otherwise)')
    .option('--to <time>', 'up to this time, which does not belong to it')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ npx reelay report outcomes --from 2026-11-21T14:00')
    .action((options: OutcomesOptions) =>
      withLedgerAtHome(({ ledger }) =>
        reportOutcomes(ledger, { ...options, windowSeconds: outcomeWindowSeconds(process.env) }, (text) =>
          console.log(text),
        ),
      ),
    );
}

/** Settles first. Without a request in the window `NOT_ENOUGH_DATA`, after an object with `requests` 0 where it is JSON. */
export async function reportOutcomes(
  ledger: TruthLedger,
  { from, to, json, windowSeconds }: OutcomesOptions & { windowSeconds: number },
  print: (text: string) => void,
): Promise<void> {
  await ledger.settleAnswers({ windowSeconds });
  const outcomes = await readOutcomes(ledger, await logWindow(ledger, from, to));
  if (json) print(JSON.stringify(outcomes));
  if (outcomes.requests === 0)
    throw new AppError('NOT_ENOUGH_DATA', 'the log has no recommendation line in this time, so nothing came of one');
  if (!json) print(outcomesText(outcomes, windowSeconds / 3_600));
}
