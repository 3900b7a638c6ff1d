import { dayOf } from '@reelay/ingestor';
import type { SegmentDay } from '@reelay/shared/storage';
import type { Command } from 'commander';
import { withLedgerAtHome } from '../ledger-at-home.ts';

const dayMs = 86_400_000;

export function addRollupCommand(program: Command): void {
  program
    .command('rollup')
    .description(
      'make viewings (one a user, movie and day) of the segments of a day; a running platform does it each night',
    )
    .option('--day <day>', 'the day on which they were stored, in UTC; else all that have ended and are not rolled up')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ npx reelay rollup --day 2026-11-21')
    .action(({ day, json }: { day?: string; json?: boolean }) => rollup(dayOf(day), json === true));
}

/** On the ledger itself: the same again does no harm, also beside a running ingestor. */
function rollup(only: number | undefined, json: boolean): Promise<void> {
  return withLedgerAtHome(async ({ ledger }) => {
    const today = Math.floor(Date.now() / dayMs);
    const ended = (await ledger.segmentDays()).filter(({ day, viewings }) => viewings === null && day < today);
    const days: SegmentDay[] = [];
    for (const day of only === undefined ? ended.map((one) => one.day) : [only]) days.push(await ledger.rollUpDay(day));
    console.log(json ? JSON.stringify({ days: days.map(shown) }) : asText(days));
  });
}

const isoDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
const shown = ({ day, lines, segments, viewings }: SegmentDay) => ({ day: isoDay(day), lines, segments, viewings });

const asText = (days: SegmentDay[]): string =>
  days.length === 0
    ? 'no day has ended that is not rolled up'
    : days
        .map(
          ({ day, lines, segments, viewings }) =>
            `${isoDay(day)}  ${lines} lines → ${segments} segments → ${viewings} viewings`,
        )
        .join('\n');
