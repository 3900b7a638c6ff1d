import { openEventLog, type EventLog } from '@reelay/shared/messaging';
import { AppError, systemClock } from '@reelay/shared/runtime';
import type { Command } from 'commander';
import { callAdmin } from '../admin-client.ts';
import { appendFile } from '../append-file.ts';
import { withIngestorInThisProcess } from '../ingest-here.ts';
import { readRunFile } from '../run-file.ts';
import { addressesHere, readSettings } from '../settings.ts';
import { showIngest } from '../show-ingest.ts';
import { createProgress } from '../terminal/progress.ts';

interface ReplayResult {
  file: string;
  appended: number;
  stored: boolean;
}

interface ReplayOptions {
  rate?: string;
  wait?: boolean;
  json?: boolean;
}

export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .argument('<file>', 'log lines, plain or .gz')
    .description('append the lines of a file to the event log')
    .option('--rate <lines>', 'so many lines a second, as a live log would bring them')
    .option('--wait', 'return when all of it is in SQL and CSV')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npx reelay replay movielog.txt.gz --wait\n  $ npx reelay replay movielog.txt.gz --rate 500',
    )
    .action(async (file: string, options: ReplayOptions) => {
      const result = await replay(file, options);
      console.log(
        options.json
          ? JSON.stringify(result)
          : `${result.appended} lines appended${result.stored ? ', all stored' : ''}`,
      );
    });
}

/** Beside a running platform its ingestor does the work; without one it is done in this process. */
async function replay(file: string, { rate, wait = false }: ReplayOptions): Promise<ReplayResult> {
  const linesPerSecond = rate === undefined ? undefined : readRate(rate);
  const settings = readSettings(process.env);
  const run = await readRunFile(settings.REELAY_HOME);
  const addresses = run?.addresses ?? addressesHere(settings);
  const topic = run?.topic ?? settings.EVENT_TOPIC;
  const eventLog = await openEventLog(addresses.EVENT_LOG_URL);
  try {
    const appended = await append(eventLog, topic, file, linesPerSecond);
    if (run && wait) {
      await showIngest(eventLog, addresses, topic, () =>
        callAdmin(run.admin.ingestor, '/admin/flush', { method: 'POST' }),
      );
    }
    if (!run)
      await withIngestorInThisProcess(addresses, topic, (flush) => showIngest(eventLog, addresses, topic, flush));
    return { file, appended, stored: wait || !run };
  } finally {
    await eventLog.close();
  }
}

function readRate(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate <= 10_000_000) return rate;
  throw new AppError('REQUEST_INVALID', `--rate ${text}: lines a second, more than 0 and up to 10,000,000`);
}

async function append(eventLog: EventLog, topic: string, file: string, rate: number | undefined): Promise<number> {
  const progress = createProgress('appending');
  try {
    return await appendFile({
      eventLog,
      topic,
      file,
      rate,
      clock: systemClock,
      onProgress: (appended) => progress.update(appended),
    });
  } finally {
    progress.end();
  }
}
