import { createLineParser, reasonOf, redriveQuarantine, type RedriveResult } from '@reelay/ingestor';
import type { QuarantineReason } from '@reelay/shared/contracts';
import { AppError, systemClock } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import type { Command } from 'commander';
import { callAdmin } from '../admin-client.ts';
import { withLedgerAtHome, type Home } from '../ledger-at-home.ts';
import { readParseLimits } from '../parse-limits.ts';

const linesMax = 1_000;
const redriveMs = 3_600_000;

interface QuarantineOptions {
  reason?: string;
  limit: string;
  redrive?: boolean;
  json?: boolean;
}

export function addQuarantineCommand(program: Command): void {
  program
    .command('quarantine')
    .description('lines that were refused: how many for which reason, and the newest of them')
    .option('--reason <reason>', 'of one reason alone, such as TIME')
    .option('--limit <lines>', `how many lines are shown, up to ${linesMax}`, '20')
    .option('--redrive', 'give them to the parser once more; what it accepts now is stored, once')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npx reelay quarantine --reason USER_RANGE --limit 5\n  $ npx reelay quarantine --redrive',
    )
    .action((options: QuarantineOptions) => withLedgerAtHome((home) => quarantine(home, options)));
}

async function quarantine(home: Home, { reason: text, limit, redrive, json }: QuarantineOptions): Promise<void> {
  const reason = reasonOf(text);
  if (redrive) {
    const result = await redriveHere(home, reason);
    console.log(json ? JSON.stringify(result) : redriveText(result));
    return;
  }
  if (!/^\d{1,4}$/.test(limit) || Number(limit) > linesMax) {
    throw new AppError('REQUEST_INVALID', `--limit is a number up to ${linesMax}`);
  }
  const found = await listed(home.ledger, Number(limit), reason);
  console.log(json ? JSON.stringify(found) : listText(found));
}

/** In the running ingestor, whose settings count; without one, here, with the settings of the environment. */
function redriveHere({ ledger, csvDir, run }: Home, reason?: QuarantineReason): Promise<RedriveResult> {
  const path = `/admin/quarantine/redrive${reason === undefined ? '' : `?reason=${reason}`}`;
  if (run) return callAdmin(run.admin.ingestor, path, { method: 'POST', timeoutMs: redriveMs });
  const parse = createLineParser(readParseLimits(process.env));
  return redriveQuarantine({ ledger, csvDir, parse, clock: systemClock }, reason);
}

async function listed(ledger: Ledger, limit: number, reason?: QuarantineReason) {
  const all = await ledger.quarantineCounts();
  const reasons = all.filter((one) => reason === undefined || one.reason === reason);
  return { reasons, lines: await ledger.quarantined(limit, reason) };
}

const redriveText = ({ lines, accepted, repeated, refused, cut }: RedriveResult): string =>
  `${lines} lines looked at: ${accepted} accepted now, ${repeated} known already, ${refused} refused again` +
  (cut > 0 ? `, ${cut} left alone (not all of their bytes were kept)` : '');

function listText({ reasons, lines }: Awaited<ReturnType<typeof listed>>): string {
  if (reasons.length === 0) return 'nothing is in quarantine';
  const counts = reasons.map((one) => `${String(one.lines).padStart(10)}  ${one.reason}`);
  const newest = lines.map(
    ({ streamId, offset, reason, line }) => `stream ${streamId}, offset ${offset}, ${reason}: ${line}`,
  );
  return [...counts, '', ...newest].join('\n');
}
