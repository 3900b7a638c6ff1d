import { AppError } from '@reelay/shared/runtime';
import type { BuiltAnswer, ReceiptLedger } from '@reelay/shared/storage';
import type { Command } from 'commander';
import { withLedgerAtHome } from '../ledger-at-home.ts';
import { readSpan } from '../report/read-time.ts';

const shownMax = 1_000;

export interface ProvenanceOptions {
  from?: string;
  to?: string;
  limit?: string;
  json?: boolean;
}

export function addProvenanceReport(report: Command): void {
  report
    .command('provenance')
    .description('who was answered by which model, made when, from which data, with which error')
    .option('--from <time>', 'from this time on (UTC unless it says otherwise); a day before --to when left out')
    .option('--to <time>', 'up to this time, which does not belong to it; now when left out')
    .option('--limit <n>', 'so many answers at most, the oldest', String(shownMax))
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  $ npx reelay report provenance --from 2026-11-21T14:00 --limit 20')
    .action((options: ProvenanceOptions) =>
      withLedgerAtHome(({ ledger }) => reportProvenance(ledger, options, Date.now(), (text) => console.log(text))),
    );
}

/** One line an answer. `NOT_ENOUGH_DATA` when nobody was answered by a model in that time. */
export async function reportProvenance(
  ledger: Pick<ReceiptLedger, 'builtAnswers'>,
  { from, to, limit = String(shownMax), json }: ProvenanceOptions,
  nowMs: number,
  print: (text: string) => void,
): Promise<void> {
  if (!/^[1-9]\d{0,6}$/.test(limit)) throw new AppError('REQUEST_INVALID', `--limit ${limit} is no number from 1 on`);
  const { fromMs, toMs } = readSpan({ from, to }, nowMs);
  const answers = await ledger.builtAnswers(fromMs, toMs, Number(limit));
  if (answers.length === 0) throw new AppError('NOT_ENOUGH_DATA', 'no model answered anybody in that time');
  if (!json) print(textOf(['answered', 'user', 'version', 'data', 'data created', 'trained', 'RMSE']));
  for (const one of answers) print(json ? JSON.stringify(one) : textOf(cellsOf(one)));
}

const cellsOf = (one: BuiltAnswer): string[] => [
  isoSecond(one.answeredMs),
  String(one.userId),
  one.modelVersion,
  one.dataVersion.slice(0, 12),
  one.dataCreatedAt === null ? '–' : isoSecond(Date.parse(one.dataCreatedAt)),
  isoSecond(one.trainedMs),
  one.rmse === null ? '–' : one.rmse.toFixed(4),
];

const isoSecond = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const widths = [20, 10, 12, 12, 20, 20, 6];
const textOf = (cells: string[]): string =>
  cells
    .map((cell, at) => cell.padEnd(widths[at]))
    .join('  ')
    .trimEnd();
