/**
 * `node scripts/with-node.mjs bench/measure-ingest-faults.ts`: the faults of `test/faults/ingest-faults.test.ts` at full length, with what a
 * test does not measure: memory, and the price of bad records. Ends with 1 when a bound is missed.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { waitUntil } from '@reelay/shared/testing';
import { openIngestFaultWorld, topic, type IngestFaultWorld } from '../test/faults/ingest-fault-world.ts';
import { madeLines, pumpLines } from '../test/faults/pump-lines.ts';
import { lostOrDoubled, runIngestFault, type IngestFault, type Phase } from '../test/faults/run-ingest-fault.ts';
import { measureBadRecords } from './measure-bad-records.ts';

const help = `node scripts/with-node.mjs bench/measure-ingest-faults.ts [--seconds 60] [--rate 1600] [--only disk,slow,gone,bad]
  [--rounds 5] [--lines 250000]

Faults of an ingestor process on Kafka, MariaDB and RabbitMQ of its own, each for --seconds while --rate lines/s flow. Bounds: it says
so by gauge and log line, goes on by itself, loses nothing, and its resident memory grows by less than 64 MiB.
  disk  the file system of the CSV files is full
  slow  SQL takes 1 s a statement
  gone  SQL is a black hole
  bad   lines/s with one bad record in 1,000 beside lines/s without, in turns, median of 5; bound: 5 % less

Example: node scripts/with-node.mjs bench/measure-ingest-faults.ts --seconds 60 --only gone,bad`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '1600' },
    rounds: { type: 'string', default: '5' },
    lines: { type: 'string', default: '250000' },
    only: { type: 'string', default: 'disk,slow,gone,bad' },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const [lastsMs, rate] = [Number(values.seconds) * 1_000, Number(values.rate)];
const growthMibMax = 64;
const lostShareMax = 0.05;
/** Half of it on the way to the server, half on the way back. */
const oneSecond = { latencyMs: 500 };
/** Lines of a window: at the usual rate each partition commits every dozen seconds. */
const flushLines = 10_000;
/** Two partitions, each with a window that is being committed and one that gathers. */
const gatheredMax = 2 * 2 * flushLines;

const faultsOf = ({ disk }: IngestFaultWorld): Record<string, IngestFault> => ({
  disk: {
    title: `the disk is full, by ${disk.faults[0].way}`,
    strike: ({ ingestor }) => disk.faults[0].fill(ingestor.pid),
    heal: ({ ingestor }) => disk.faults[0].free(ingestor.pid),
    silent: disk.faults[0].hitsLog,
    reason: 'disk_full',
    lastsMs,
    gatheredMax,
  },
  slow: {
    title: 'SQL takes 1 s a statement',
    strike: ({ sql }) => sql.set(oneSecond),
    heal: ({ sql }) => sql.heal(),
    reason: 'slow',
    lastsMs,
    gatheredMax,
  },
  gone: {
    title: 'SQL is a black hole',
    strike: ({ sql }) => sql.set('blackhole'),
    heal: ({ sql }) => sql.heal(),
    reason: 'slow',
    lastsMs,
    gatheredMax,
  },
});

/** Samples the resident memory of a process; `growthMib` compares the highest of fault and recovery with the highest before. */
function watchMemory(pid: number) {
  const highest: Record<Phase, number> = { before: 0, fault: 0, after: 0 };
  let phase: Phase = 'before';
  const sample = async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const mib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
    highest[phase] = Math.max(highest[phase], mib);
  };
  const timer = setInterval(() => void sample(), 200);
  return {
    enter: (next: Phase) => void (phase = next),
    stop: () => clearInterval(timer),
    beforeMib: () => highest.before,
    growthMib: () => Math.max(highest.fault, highest.after) - highest.before,
  };
}

/** So many backlogs let a process's heap have its size; the second still added a little. */
const backlogs = 3;

/**
 * As many lines as a fault leaves behind, at once: reading a backlog makes the heap larger, whatever made the lines wait, and growth is what a fault adds
 * to that.
 */
async function readBacklog(world: IngestFaultWorld, lines: Iterator<string, never>): Promise<void> {
  const backlog = Array.from({ length: rate * (lastsMs / 1_000) }, () => lines.next().value);
  const wanted = (await world.storedLines()) + backlog.length;
  for (let first = 0; first < backlog.length; first += 5_000)
    await world.eventLog.append(topic, backlog.slice(first, first + 5_000));
  await waitUntil('the backlog is stored', async () => (await world.storedLines()) >= wanted, 120_000);
}

const missed: string[] = [];
const note = (kept: boolean, what: string) => void (kept || missed.push(what));

async function measureFault(world: IngestFaultWorld, fault: IngestFault, lines: Iterator<string, never>) {
  const memory = watchMemory(world.ingestor.pid);
  const pump = () => pumpLines(world.eventLog, lines, rate);
  const warmUpMs = 10_000;
  const report = await runIngestFault(world, fault, pump, { onPhase: (phase) => memory.enter(phase), warmUpMs });
  memory.stop();
  const growth = memory.growthMib();
  note(growth < growthMibMax, `${fault.title}: memory grew by ${growth.toFixed(1)} MiB`);
  for (const one of report.broken) note(false, `${fault.title}: ${one}`);
  for (const one of await lostOrDoubled(world)) note(false, `${fault.title}: ${one}`);
  return {
    fault: report.title,
    'alarm after s': +(report.alarmedMs / 1_000).toFixed(1),
    'lines waiting': report.lag,
    'most gathered': report.gatheredMax,
    'resumed after s': +(report.resumedMs / 1_000).toFixed(1),
    'RSS before MiB': Math.round(memory.beforeMib()),
    'growth MiB': +growth.toFixed(1),
  };
}

const only = values.only.split(',');
const world = await openIngestFaultWorld({ FLUSH_LINES: String(flushLines), FLUSH_IDLE_MS: '500' });
try {
  await world.ingestor.start();
  const lines = madeLines(1);
  for (let read = 0; read < backlogs; read++) await readBacklog(world, lines);
  const table: object[] = [];
  for (const [name, fault] of Object.entries(faultsOf(world))) {
    if (only.includes(name)) table.push(await measureFault(world, fault, lines));
  }
  if (table.length > 0) console.table(table);
  await world.ingestor.stop();
  if (only.includes('bad')) {
    const { rows, lostShare } = await measureBadRecords(world.urls as { EVENT_LOG_URL: string; LEDGER_URL: string }, {
      rounds: Number(values.rounds),
      lines: Number(values.lines),
    });
    console.table(
      rows.map(({ measure, median, rounds: all }) => ({
        measure,
        median: Math.round(median),
        rounds: all.map(Math.round).join(' '),
      })),
    );
    console.log(`lost to bad records: ${(100 * lostShare).toFixed(2)} %`);
    note(lostShare < lostShareMax, `bad records cost ${(100 * lostShare).toFixed(2)} % of the throughput`);
  }
} finally {
  await world.close();
}
for (const one of missed.slice(0, 30)) console.log(`missed: ${one}`);
process.exit(missed.length > 0 ? 1 : 0);
