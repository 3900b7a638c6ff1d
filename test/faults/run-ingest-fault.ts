import { setTimeout as pause } from 'node:timers/promises';
import { openEventLog } from '@reelay/shared/messaging';
import { LogRecorder, waitUntil } from '@reelay/shared/testing';
import { verifyCsv } from '../../services/ingestor/src/index.ts';
import type { StallReason } from '../../services/ingestor/src/note-stall.ts';
import { partitions, topic, type IngestFaultWorld } from './ingest-fault-world.ts';
import { differencesOf, factsOfLedger, factsOfLines } from './log-facts.ts';
import type { Pump } from './pump-lines.ts';

export interface IngestFault {
  title: string;
  strike(world: IngestFaultWorld): void | Promise<void>;
  heal(world: IngestFaultWorld): void | Promise<void>;
  /** Why it must say that it stalls. */
  reason: StallReason;
  lastsMs: number;
  alarmWithinMs?: number;
  /** Its log finds no room either, so that only the gauge and the end of the stall can be seen. */
  silent?: boolean;
  /** Lines that may be gathered and not committed, over all partitions. */
  gatheredMax: number;
}

export type Phase = 'before' | 'fault' | 'after';

export interface FaultReport {
  title: string;
  /** From the strike until the alarm is seen by gauge and log line. */
  alarmedMs: number;
  /** Lines that stood in the log and were not stored, at the end of the fault. */
  lag: number;
  gatheredMax: number;
  /** From the healing until all lines are stored and the alarm is off. */
  resumedMs: number;
  /** What was promised and did not happen; empty when all is well. */
  broken: string[];
}

const resumeWithinMs = 60_000;

interface RunOptions {
  onPhase?(phase: Phase): void;
  /** How long lines flow before the fault. */
  warmUpMs?: number;
}

/** A fault comes and goes while lines flow; the ingestor is a process that nobody touches. */
export async function runIngestFault(
  world: IngestFaultWorld,
  fault: IngestFault,
  pump: () => Pump,
  { onPhase = () => {}, warmUpMs = 0 }: RunOptions = {},
): Promise<FaultReport> {
  const { alarmWithinMs = 45_000 } = fault;
  const broken: string[] = [];
  const promise = (kept: boolean, what: string) => void (kept || broken.push(what));
  const pid = world.ingestor.pid;
  const flow = pump();
  onPhase('before');
  const storedBefore = await world.storedLines();
  await waitUntil('lines flow', async () => (await world.storedLines()) > storedBefore, 30_000);
  await pause(warmUpMs);
  const [alarmsBefore, restsBefore] = [await alarmLines(world, fault), await rejoins(world)];
  const endsBefore = (await world.logged('ingest goes on')).length;

  onPhase('fault');
  const struckAt = performance.now();
  await fault.strike(world);
  const isTold = async () => fault.silent || (await alarmLines(world, fault)) > alarmsBefore;
  const isAlarmed = async () => (await shows(world, fault)) && (await isTold());
  const alarmed = await waitUntil('the alarm', isAlarmed, alarmWithinMs).then(
    () => true,
    () => false,
  );
  const alarmedMs = performance.now() - struckAt;
  promise(alarmed, `no alarm within ${alarmWithinMs} ms`);
  const gatheredMax = await watchGathered(world, struckAt + fault.lastsMs);
  const lag = (await endOfLog(world)) - (await world.storedLines());
  promise(lag > 0, 'the fault hit nothing: no line waited');
  promise(gatheredMax <= fault.gatheredMax, `${gatheredMax} lines were gathered, of ${fault.gatheredMax} at most`);
  promise((await alarmLines(world, fault)) <= alarmsBefore + partitions, 'the alarm was told again and again');

  await fault.heal(world);
  const healedAt = performance.now();
  onPhase('after');
  await flow.stop();
  const isBack = async () => !(await shows(world, fault)) && (await world.storedLines()) >= (await endOfLog(world));
  const resumed = await waitUntil('it goes on', () => isBack().catch(() => false), resumeWithinMs).then(
    () => true,
    () => false,
  );
  promise(resumed, `not resumed within ${resumeWithinMs} ms`);
  promise((await world.logged('ingest goes on')).length > endsBefore, 'the end of the stall was not told');
  promise(pid > 0 && world.ingestor.pid === pid, 'the process ended');
  promise((await rejoins(world)) === restsBefore, 'the group was left, or a partition lost');
  return { title: fault.title, alarmedMs, lag, gatheredMax, resumedMs: performance.now() - healedAt, broken };
}

const shows = async (world: IngestFaultWorld, { reason }: IngestFault): Promise<boolean> =>
  (await world.metric('reelay_ingest_stalled_partitions', `reason="${reason}"`)) > 0;

/** Log lines of this alarm since the process began. */
const alarmLines = async (world: IngestFaultWorld, { reason }: IngestFault): Promise<number> =>
  (await world.logged('ingest stalled')).filter((line) => line.reason === reason).length;

/** Claims that nobody but a lost membership explains: one that follows a refused commit is the fence at work. */
async function rejoins(world: IngestFaultWorld): Promise<number> {
  const [claims, refused] = [
    await world.logged('partition claimed'),
    await world.logged('the partition has another owner'),
  ];
  return claims.length - refused.length;
}

/** Until the fault has lasted long enough, and at least once: the most that was gathered. */
async function watchGathered(world: IngestFaultWorld, until: number): Promise<number> {
  let most = 0;
  do {
    most = Math.max(most, await world.metric('reelay_ingest_gathered_lines'));
    await pause(100);
  } while (performance.now() < until);
  return most;
}

export const endOfLog = async ({ eventLog }: Pick<IngestFaultWorld, 'eventLog'>): Promise<number> =>
  (await eventLog.ranges(topic)).reduce((sum, { high }) => sum + high, 0);

let oracles = 0;

/** What the log holds, by partition and offset, read by nobody's memory but Kafka's: a producer's retry doubles lines. */
export async function readTopic(
  { environment, eventLog }: Pick<IngestFaultWorld, 'environment' | 'eventLog'>,
  name = topic,
) {
  const reader = await openEventLog(environment.EVENT_LOG_URL, { group: `oracle-${process.pid}-${oracles++}` });
  const recorder = new LogRecorder();
  try {
    const ranges = await eventLog.ranges(name);
    const subscription = await reader.follow(name, recorder);
    const isRead = () =>
      ranges.every(({ partition, high }) => high === 0 || recorder.offsets(partition).at(-1) === high - 1);
    await waitUntil('the log is read back', isRead, 30_000);
    await subscription.stop();
    return ranges.map(({ partition }) => recorder.texts(partition));
  } finally {
    await reader.close();
  }
}

/** What SQL has of the log that it should not have, or lacks, and where CSV is not SQL; empty when all is well. */
export async function lostOrDoubled(
  world: Pick<IngestFaultWorld, 'environment' | 'eventLog' | 'ledger'> & { disk: { folder: string } },
  name = topic,
): Promise<string[]> {
  const read = await readTopic(world, name);
  if (read.flat().length === 0) return ['there is nothing to compare'];
  const csv = await verifyCsv(world.ledger, world.disk.folder);
  return [...differencesOf(factsOfLines(read), await factsOfLedger(world.ledger)), ...csv.differences];
}
