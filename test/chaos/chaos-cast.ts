import { createSeededRandom } from '@reelay/shared/testing';
import { createPopulation, generateHistory } from '../../services/simulator/src/index.ts';
import type { IngestChaosOptions } from './run-ingest-chaos.ts';
import { partitions, topic, type ChaosPlatform, type IngestorProcess } from './chaos-platform.ts';
import { chaosTargets, type ChaosTargets } from './chaos-targets.ts';
import { LogReading } from './log-facts.ts';
import { createScenes, rareScenes } from './play-scenes.ts';
import { LineProducer } from './produce-lines.ts';
import type { Scene, Stage } from './scenes.ts';
import { ReceiptSender } from './send-receipts.ts';
import { LagWatch } from './watch-lag.ts';

/** All that takes part in a chaos, and what has become of it so far. */
export interface ChaosCast extends Stage, ChaosTargets {
  receipts: ReceiptSender;
  scenes: Scene[];
  /** Earlier incarnations of the topic, as they were read back. */
  reading: LogReading;
  /** By partition: lines that a replay read once more. */
  replayed: Map<number, number>;
  /** By name: what ingestors said last that ended without being struck. */
  ended: Map<string, string>;
  /** Faults that were struck and scenes that were played. */
  done: { struck: number; played: number };
}

export async function gatherCast(
  platform: ChaosPlatform,
  settings: IngestChaosOptions,
  signal: AbortSignal,
): Promise<ChaosCast> {
  const done = { struck: 0, played: 0 };
  const ingestors = [await platform.createIngestor('ingestor-a'), await platform.createIngestor('ingestor-b')];
  const { targets, turns } = chaosTargets(platform, ingestors);
  const stage: Stage = {
    platform,
    lag: new LagWatch(platform.eventLog, platform.ledger, topic),
    producer: createProducer(platform, settings, done, signal),
    random: createSeededRandom(settings.seed),
    ingestors,
    turns,
    signal,
  };
  const [reading, replayed] = [new LogReading(), new Map<number, number>()];
  const scenes = await createScenes(stage, { topic, partitions, members: settings.members, reading, replayed });
  const receipts = new ReceiptSender(platform.batches);
  return { ...stage, targets, receipts, scenes, reading, replayed, ended: new Map(), done };
}

/** Its lines are spread over all that happens, so that nothing happens after the last one. */
function createProducer(
  { eventLog }: ChaosPlatform,
  settings: IngestChaosOptions,
  done: ChaosCast['done'],
  signal: AbortSignal,
): LineProducer {
  const { lines: total, faults, members } = settings;
  const steps = faults + members + rareScenes;
  const quota = () => (total * (done.struck + done.played + 1)) / (steps + 1);
  return new LineProducer({ eventLog, topic, partitions, lines: linesOf(settings), total, quota, signal });
}

/** More dirt and ratings than a real log has, so that few lines say much. */
function* linesOf({ seed, lines }: IngestChaosOptions): Generator<string> {
  const population = createPopulation({ seed, preset: 'small' });
  for (const { line } of generateHistory(population, { lines, dirt: 0.004, ratingShare: 0.03 })) yield line;
}

/** Notes an ingestor that ended without being struck. */
export async function noteEnded({ ended }: ChaosCast, ingestor: IngestorProcess): Promise<void> {
  if (!ended.has(ingestor.name)) ended.set(ingestor.name, await ingestor.output());
}
