import { createLineParser, findOffsets, ingestorConfig, rereadLog, startAt, type Reread } from '@reelay/ingestor';
import { openEventLog, type EventLog } from '@reelay/shared/messaging';
import { AppError, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openLedger, type Ledger, type LineCounts } from '@reelay/shared/storage';
import type { Command } from 'commander';
import { callAdmin } from '../admin-client.ts';
import { withIngestorInThisProcess } from '../ingest-here.ts';
import { readTime } from '../report/read-time.ts';
import { readRunFile, type RunFile } from '../run-file.ts';
import { addressesHere, ingestEnvironment, readSettings, type Addresses, type Settings } from '../settings.ts';
import { showIngest } from '../show-ingest.ts';
import { createProgress } from '../terminal/progress.ts';

interface IngestResult {
  from: string;
  /** Stored lines that were read once more, and rows that were missing. */
  reread: Reread;
  /** Offsets that a log that was never read begins after. */
  passedOver: number;
  /** Of the whole life of the topic's partitions. */
  lines: LineCounts;
  /** Lines in the log that are not stored. */
  lag: number;
}

const nothingReread: Reread = { lines: 0, added: 0 };

export function addIngestCommand(program: Command): void {
  program
    .command('ingest')
    .description('store what stands in the event log, and return when all of it is in SQL and CSV')
    .option('--from <where>', 'stored, earliest, or a time of the log (UTC unless it says otherwise)', 'stored')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      [
        '\nstored    goes on from the stored position',
        'earliest  first reads all stored lines once more and adds the rows that SQL misses; no row is doubled',
        '<time>    the same from the first line of that time on; a log that was never read begins there',
        '\nExamples:\n  $ npx reelay ingest\n  $ npx reelay ingest --from earliest\n  $ npx reelay ingest --from 2026-11-01T00:00',
      ].join('\n'),
    )
    .action(async ({ from, json }: { from: string; json?: boolean }) => {
      const result = await ingest(from);
      console.log(json ? JSON.stringify(result) : asText(result));
    });
}

async function ingest(from: string): Promise<IngestResult> {
  const time = from === 'stored' || from === 'earliest' ? undefined : readTime(from, '--from');
  const settings = readSettings(process.env);
  const run = await readRunFile(settings.REELAY_HOME);
  if (run && from !== 'stored') refuse(settings, run, from);
  const addresses = run?.addresses ?? addressesHere(settings);
  const topic = run?.topic ?? settings.EVENT_TOPIC;
  const eventLog = await openEventLog(addresses.EVENT_LOG_URL);
  const ledger = await openLedger(addresses.LEDGER_URL);
  try {
    const before =
      from === 'stored'
        ? { reread: nothingReread, passedOver: 0 }
        : await readBefore({ eventLog, ledger, addresses, topic }, time);
    // A reader that stops while it still joins its group may wait for long; with nothing to store it need not join.
    const { lag } = await standing(eventLog, ledger, topic);
    if (lag > 0) await storeRest(eventLog, addresses, topic, run);
    return { from, ...before, ...(await standing(eventLog, ledger, topic)) };
  } finally {
    await ledger.close();
    await eventLog.close();
  }
}

function refuse({ REELAY_HOME: home }: Settings, { pid }: RunFile, from: string): never {
  throw new AppError(
    'REQUEST_INVALID',
    `a platform runs from ${home} (process ${pid}), and its ingestor owns the log: stop it, then run "reelay ingest --from ${from}"; --from stored works beside it`,
  );
}

interface Stores {
  eventLog: EventLog;
  ledger: Ledger;
  addresses: Addresses;
  topic: string;
}

/** What is done before going on from the stored position. Without a time: everything again. */
async function readBefore({ eventLog, ledger, addresses, topic }: Stores, time: number | undefined) {
  const config = loadConfig(ingestorConfig, { ...process.env, ...ingestEnvironment(addresses), EVENT_TOPIC: topic });
  const parse = createLineParser({ userIdMax: config.USER_ID_MAX, ratingMax: config.RATING_MAX, zone: config.ZONE });
  const offsets = time === undefined ? new Map<number, number>() : await findOffsets(eventLog, topic, time, parse);
  const passedOver = await startAt(ledger, topic, offsets);
  const progress = createProgress('reading again');
  const onProgress = (done: number, of: number) => progress.update(done, of);
  const reread = await rereadLog({ config, eventLog, ledger, parse, clock: systemClock, onProgress }, offsets).finally(
    () => progress.end(),
  );
  return { reread, passedOver };
}

/** By the running platform's ingestor; without one, here. */
async function storeRest(eventLog: EventLog, addresses: Addresses, topic: string, run?: RunFile): Promise<void> {
  const show = (flush: () => Promise<unknown>) => showIngest(eventLog, addresses, topic, flush);
  if (run) await show(() => callAdmin(run.admin.ingestor, '/admin/flush', { method: 'POST', timeoutMs: 30_000 }));
  else await withIngestorInThisProcess(addresses, topic, show);
}

async function standing(
  eventLog: EventLog,
  ledger: Ledger,
  topic: string,
): Promise<Pick<IngestResult, 'lines' | 'lag'>> {
  const stored = await ledger.progress(topic);
  const nextOf = (partition: number) => stored.find((row) => row.partition === partition)?.nextOffset ?? 0;
  const behind = (await eventLog.ranges(topic)).map(
    ({ partition, low, high }) => high - Math.max(low, nextOf(partition)),
  );
  const lines: LineCounts = { received: 0, accepted: 0, repeated: 0, quarantined: 0 };
  for (const { counts } of stored) {
    for (const name of Object.keys(lines) as (keyof LineCounts)[]) lines[name] += counts[name];
  }
  return { lines, lag: behind.reduce((sum, count) => sum + Math.max(0, count), 0) };
}

const count = (value: number): string => value.toLocaleString('en');

function asText({ reread, passedOver, lines, lag }: IngestResult): string {
  return [
    ...(passedOver > 0 ? [`began after ${count(passedOver)} older lines`] : []),
    ...(reread.lines > 0
      ? [`${count(reread.lines)} stored lines read again, ${count(reread.added)} missing rows added`]
      : []),
    `lines  ${count(lines.received)} received = ${count(lines.accepted)} accepted + ${count(lines.repeated)} repeated + ${count(lines.quarantined)} quarantined`,
    `lag    ${count(lag)}`,
  ].join('\n');
}
