import { systemClock } from '@reelay/shared/runtime';
import { createSeededRandom, runChaos, type Span, type StruckFault } from '@reelay/shared/testing';
import { createPopulation, generateHistory } from '../../services/simulator/src/index.ts';
import type { ChaosSettings } from './chaos-options.ts';
import { openChaosPlatform, partitions, topic, type ChaosPlatform, type IngestorProcess } from './chaos-platform.ts';
import { chaosTargets, hitOf } from './chaos-targets.ts';
import { checkIngest, type IngestCheck } from './check-ingest-chaos.ts';
import { LogReading } from './log-facts.ts';
import { createScenes, playScenes, type PlayedScene } from './play-scenes.ts';
import { LineProducer } from './produce-lines.ts';
import { until, type Stage } from './scenes.ts';
import { ReceiptSender } from './send-receipts.ts';
import { startAgain } from './start-again.ts';
import { LagWatch } from './watch-lag.ts';

export interface IngestChaosOptions extends ChaosSettings {
  spacing?: Span;
  /** How long a victim is away. */
  lasts?: Span;
  /** Victims that are away at once. */
  atOnce?: number;
  onEvent?(event: string): void;
  onProgress?(progress: ChaosProgress): void;
}

export interface ChaosProgress {
  /** Lines that Kafka has acknowledged, and lines of the log that are not stored. */
  acknowledged: number;
  lag: number;
  struck: number;
  played: number;
}

export interface IngestChaosReport extends IngestCheck {
  faults: StruckFault[];
  scenes: PlayedScene[];
  /** From the first line to the end of the count. */
  seconds: number;
  /** Appends and batches of receipts that failed at first and were tried again. */
  resent: { appends: number; batches: number };
  /** What ingestors said last that ended without being struck. */
  ended: string[];
}

const hitWithinMs = 90_000;
const storedWithinMs = 240_000;
const lookMs = 500;

/** Lines, receipts, faults and scenes at once; then silence, and the count. Throws when a victim or a scene fails. */
export async function runIngestChaos(options: IngestChaosOptions): Promise<IngestChaosReport> {
  const platform = await openChaosPlatform();
  const end = new AbortController();
  try {
    return await playOn(platform, options, end);
  } finally {
    end.abort();
    await platform.close();
  }
}

async function playOn(
  platform: ChaosPlatform,
  options: IngestChaosOptions,
  end: AbortController,
): Promise<IngestChaosReport> {
  const { seed, lines, faults, members, onEvent = () => {} } = options;
  const startedAt = systemClock.monotonicMs();
  const done = { struck: 0, played: 0, steps: faults + members + 4 };
  const lag = new LagWatch(platform.eventLog, platform.ledger, topic);
  const receipts = new ReceiptSender(platform.batches);
  const producer = new LineProducer({
    eventLog: platform.eventLog,
    topic,
    partitions,
    lines: linesOf(options),
    total: lines,
    // Spread over all that happens, so that nothing happens after the last line.
    quota: () => (lines * (done.struck + done.played + 1)) / (done.steps + 1),
    signal: end.signal,
  });
  const ingestors = [await platform.createIngestor('ingestor-a'), await platform.createIngestor('ingestor-b')];
  const { targets, turns } = chaosTargets(platform, ingestors);
  const random = createSeededRandom(seed);
  const stage: Stage = { platform, lag, producer, random, ingestors, turns, signal: end.signal };
  const [reading, replayed, ended] = [new LogReading(), new Map<number, number>(), [] as string[]];
  const scenes = await createScenes(stage, { topic, partitions, members, reading, replayed });
  for (const ingestor of ingestors) await startAgain(ingestor);

  const noted = new Set<IngestorProcess>();
  const onEnded = (ingestor: IngestorProcess) => {
    if (noted.has(ingestor)) return;
    noted.add(ingestor);
    void ingestor.output().then((text) => ended.push(`${ingestor.name}: ${text}`));
  };
  const strike = () =>
    runChaos({
      seed,
      faults,
      targets,
      hitWithinMs,
      signal: end.signal,
      spacing: options.spacing ?? [700, 3_000],
      lasts: options.lasts ?? [200, 2_500],
      atOnce: options.atOnce ?? 2,
      hit: hitOf({ turns, ingestors, lag, receipts, onEnded }),
      onStrike({ index, kind, target, lastsMs, hit }) {
        done.struck++;
        onEvent(`fault ${index + 1}: ${kind} ${target} for ${lastsMs} ms, ${hit} under way`);
      },
    });
  const play = () =>
    playScenes(scenes, stage, {
      seed,
      onPlayed({ name, outcome }) {
        done.played++;
        onEvent(`${name}: ${outcome}`);
      },
    });

  const silence = new AbortController();
  end.signal.addEventListener('abort', () => silence.abort());
  const flowing = Promise.all([producer.run(), receipts.run(silence.signal)]);
  const telling = tell(options, end.signal, () => ({ acknowledged: producer.acknowledged, lag: lag.lines, ...done }));
  const [struck, played] = await untilAll(end, strike(), play());
  silence.abort();
  await flowing;
  await until(stage, 'all is stored', async () => (await lag.refresh(), lag.isStored()), storedWithinMs);
  await untilReceiptsAreStored(stage, receipts.confirmed);
  for (const ingestor of ingestors) if (ingestor.pid === 0) onEnded(ingestor);
  const check = await checkIngest({ platform, reading, replayed, answered: receipts.confirmed });
  end.abort();
  await telling;
  return {
    ...check,
    faults: struck,
    scenes: played,
    seconds: Math.round((systemClock.monotonicMs() - startedAt) / 1_000),
    resent: { appends: producer.retries, batches: receipts.retries },
    ended,
  };
}

/** Both; when one fails the other is called off and waited for. */
async function untilAll<A, B>(end: AbortController, one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  const both = [one, other] as const;
  try {
    return await Promise.all(both);
  } catch (error) {
    end.abort();
    await Promise.allSettled(both);
    throw error;
  }
}

async function untilReceiptsAreStored(stage: Stage, confirmed: string[]): Promise<void> {
  const last = confirmed.at(-1);
  if (last === undefined) throw new Error('no receipt was confirmed');
  await until(stage, 'the last receipt is stored', async () => (await stage.platform.ledger.receipt(last)) !== null);
}

async function tell(
  { onProgress }: IngestChaosOptions,
  signal: AbortSignal,
  progress: () => ChaosProgress,
): Promise<void> {
  while (!signal.aborted) {
    onProgress?.(progress());
    await systemClock.sleep(lookMs, signal);
  }
}

function* linesOf({ seed, lines }: ChaosSettings): Generator<string> {
  const population = createPopulation({ seed, preset: 'small' });
  for (const { line } of generateHistory(population, { lines, dirt: 0.004, ratingShare: 0.03 })) yield line;
}
