import type { Provenance } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { Command } from 'commander';
import { withReceipts } from '../receipts-at-home.ts';
import { readSpan } from '../report/read-time.ts';

const answersMax = 10_000;
const idsShown = 5;

interface AnswersOptions {
  user: string;
  from?: string;
  to?: string;
  json?: boolean;
}

export function addAnswersCommand(program: Command): void {
  program
    .command('answers')
    .description('what a user was answered, by which version, and how long it took')
    .requiredOption('--user <id>', 'user id')
    .option('--from <time>', 'from this time on (UTC unless it says otherwise); a day before --to when left out')
    .option('--to <time>', 'up to this time, which does not belong to it; now when left out')
    .option('--json', 'one JSON object a line, everything that is known')
    .addHelpText('after', '\nExample:\n  $ npx reelay answers --user 42 --from 2026-11-21T14:00 --to 2026-11-21T15:00')
    .action(showAnswers);
}

async function showAnswers({ user, from, to, json }: AnswersOptions): Promise<void> {
  if (!/^\d{1,10}$/.test(user)) throw new AppError('USER_ID_INVALID', `"${user}" is no user id`);
  const { fromMs, toMs } = readSpan({ from, to }, Date.now());
  await withReceipts(async (ledger, explain) => {
    const receipts = await ledger.receiptsOf(Number(user), fromMs, toMs, answersMax);
    for (const receipt of receipts) {
      const explained = await explain(receipt);
      console.log(json ? JSON.stringify(explained) : lineOf(explained));
    }
    if (!json) console.log(`${receipts.length} answers${receipts.length === answersMax ? '; there may be more' : ''}`);
  });
}

function lineOf({ time, requestId, outcome, rung, modelVersion, track, latencyMs, items }: Provenance): string {
  const how = rung === null ? outcome : `${outcome} (${rung})`;
  const first = items.slice(0, idsShown).map(({ id, index }) => id ?? `#${index}`);
  const more = items.length > idsShown ? ` and ${items.length - idsShown} more` : '';
  return `${time}  ${requestId}  ${how}  ${modelVersion ?? 'no model'} on ${track}  ${latencyMs} ms  ${first.join(', ')}${more}`;
}
