import { AppError } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import type { Command } from 'commander';
import { withLedgerAtHome } from '../ledger-at-home.ts';
import { availabilityText } from '../report/availability-text.ts';
import { readAvailability } from '../report/availability.ts';
import { readGradingWindows } from '../report/grading-windows.ts';
import { logWindow } from '../report/log-window.ts';
import { readTime } from '../report/read-time.ts';
import { outcomeWindowSeconds } from '../settings.ts';
import { addOutcomesReport } from './report-outcomes.ts';
import { addProvenanceReport } from './report-provenance.ts';

export interface AvailabilityOptions {
  from?: string;
  to?: string;
  at?: string;
  json?: boolean;
}

export function addReportCommand(program: Command): void {
  const report = program
    .command('report')
    .description('what the log says about the answers')
    .addHelpText('after', '\nExample:\n  $ npx reelay report availability --json');
  addAvailabilityReport(report);
  addOutcomesReport(report);
  addProvenanceReport(report);
}

function addAvailabilityReport(report: Command): void {
  report
    .command('availability')
    .description("requests, availability and latency as the simulator's own log lines say, by hour")
    .option('--from <time>', 'from this time of the log on (UTC unless it says otherwise)')
    .option('--to <time>', 'up to this time, which does not belong to it')
    .option('--at <time>', 'a submission: also the 72 h before it and the 96 h after it')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npx reelay report availability\n  $ npx reelay report availability --from 2026-11-21T14:00 --to 2026-11-21T15:00\n  $ npx reelay report availability --at 2026-11-21T23:59 --json',
    )
    .action((options: AvailabilityOptions) =>
      withLedgerAtHome(async ({ ledger }) => {
        await ledger.settleAnswers({ windowSeconds: outcomeWindowSeconds(process.env) });
        await reportAvailability(ledger, options, (text) => console.log(text));
      }),
    );
}

/**
 * Prints the table, or one JSON object. Without a request in the window `NOT_ENOUGH_DATA` after that (as JSON: requests 0, the
 * rest null), so that a script does not take silence for success.
 */
export async function reportAvailability(
  ledger: Ledger,
  { from, to, at, json }: AvailabilityOptions,
  print: (text: string) => void,
): Promise<void> {
  const submission = at === undefined ? undefined : readTime(at, '--at');
  const window = await logWindow(ledger, from, to);
  const whole = await readAvailability(ledger, window);
  const windows = submission === undefined ? undefined : await readGradingWindows(ledger, submission);
  if (json) print(JSON.stringify(windows ? { ...whole, windows } : whole));
  if (whole.requests === 0) {
    const where = from === undefined && to === undefined ? 'the log' : `the log from ${whole.from} to ${whole.to}`;
    throw new AppError(
      'NOT_ENOUGH_DATA',
      `${where} has no recommendation line yet, so there is no availability to report`,
    );
  }
  if (!json) print(availabilityText(whole, windows));
}
