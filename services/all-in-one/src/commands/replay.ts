import { openEventLog, type EventLog } from '@reelay/shared/messaging';
import { openLedger } from '@reelay/shared/storage';
import type { Command } from 'commander';
import { callAdmin } from '../admin-client.ts';
import { withIngestorInThisProcess } from '../ingest-here.ts';
import { readLines } from '../read-lines.ts';
import { readRunFile } from '../run-file.ts';
import { embeddedAddresses, readSettings, type Addresses } from '../settings.ts';
import { createProgress } from '../terminal/progress.ts';
import { waitUntilIngested } from '../wait-until-ingested.ts';

interface ReplayResult {
  file: string;
  appended: number;
  stored: boolean;
}

const linesPerAppend = 5_000;

export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .argument('<file>', 'log lines, plain or .gz')
    .description('append the lines of a file to the event log')
    .option('--wait', 'return when all of it is in SQL and CSV')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ npx reelay replay movielog.txt.gz --wait')
    .action(async (file: string, options: { wait?: boolean; json?: boolean }) => {
      const result = await replay(file, options.wait === true);
      console.log(
        options.json
          ? JSON.stringify(result)
          : `${result.appended} lines appended${result.stored ? ', all stored' : ''}`,
      );
    });
}

/** Beside a running platform its ingestor does the work; without one it is done in this process. */
async function replay(file: string, wait: boolean): Promise<ReplayResult> {
  const settings = readSettings(process.env);
  const run = await readRunFile(settings.REELAY_HOME);
  const addresses: Addresses = run?.addresses ?? { ...embeddedAddresses(settings), ...givenUrls(settings) };
  const topic = run?.topic ?? settings.EVENT_TOPIC;
  const eventLog = await openEventLog(addresses.EVENT_LOG_URL);
  try {
    const appended = await appendFile(eventLog, topic, file);
    if (run && wait) {
      await waitFor(eventLog, addresses, topic, () =>
        callAdmin(run.admin.ingestor, '/admin/flush', { method: 'POST' }),
      );
    }
    if (!run) await withIngestorInThisProcess(addresses, topic, (flush) => waitFor(eventLog, addresses, topic, flush));
    return { file, appended, stored: wait || !run };
  } finally {
    await eventLog.close();
  }
}

const givenUrls = (settings: Partial<Addresses>): Partial<Addresses> =>
  Object.fromEntries(
    (['EVENT_LOG_URL', 'LEDGER_URL'] as const).flatMap((name) => (settings[name] ? [[name, settings[name]]] : [])),
  );

async function appendFile(eventLog: EventLog, topic: string, file: string): Promise<number> {
  await eventLog.ensureTopic(topic, 1);
  const progress = createProgress('appending');
  let lines: Uint8Array[] = [];
  let appended = 0;
  const send = async () => {
    if (lines.length === 0) return;
    await eventLog.append(topic, lines, { partition: 0 });
    appended += lines.length;
    lines = [];
    progress.update(appended);
  };
  for await (const line of readLines(file)) {
    if (lines.push(line) >= linesPerAppend) await send();
  }
  await send();
  progress.end();
  return appended;
}

async function waitFor(
  eventLog: EventLog,
  addresses: Addresses,
  topic: string,
  flush: () => Promise<unknown>,
): Promise<void> {
  const ledger = await openLedger(addresses.LEDGER_URL);
  const progress = createProgress('storing');
  try {
    await waitUntilIngested({
      eventLog,
      ledger,
      topic,
      flush,
      onProgress: (stored, wanted) => progress.update(stored, wanted),
    });
  } finally {
    progress.end();
    await ledger.close();
  }
}
