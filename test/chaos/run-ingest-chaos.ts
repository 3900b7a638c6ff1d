import { systemClock } from '@reelay/shared/runtime';
import { runChaos, type Span, type StruckFault } from '@reelay/shared/testing';
import { checkReceipts } from '../check-receipts.ts';
import { gatherCast, noteEnded, type ChaosCast } from './chaos-cast.ts';
import type { ChaosSettings } from './chaos-options.ts';
import { openChaosPlatform } from './chaos-platform.ts';
import { hitOf } from './chaos-targets.ts';
import { checkIngest, type IngestCheck } from './check-ingest-chaos.ts';
import { playScenes, type PlayedScene } from './play-scenes.ts';
import { comesTrue, until } from './scenes.ts';
import { receiptUsers } from './send-receipts.ts';
import { startAgain } from './start-again.ts';

export interface IngestChaosOptions extends Pick<ChaosSettings, 'seed' | 'lines' | 'faults' | 'members'> {
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
  /** From the start of the ingestors to the end of the count. */
  seconds: number;
  /** Appends and batches of receipts that failed at first and were tried again. */
  resent: { appends: number; batches: number };
  /** What ingestors said last that ended without being struck. */
  ended: string[];
}

const hitWithinMs = 90_000;
const storedWithinMs = 240_000;
const receiptsWithinMs = 60_000;
const lookMs = 500;

/** Lines, receipts, faults and scenes at once; then silence, and the count. Throws when a victim or a scene fails. */
export async function runIngestChaos(options: IngestChaosOptions): Promise<IngestChaosReport> {
  const platform = await openChaosPlatform();
  const end = new AbortController();
  try {
    return await playOn(await gatherCast(platform, options, end.signal), options, end);
  } finally {
    end.abort();
    await platform.close();
  }
}

async function playOn(cast: ChaosCast, options: IngestChaosOptions, end: AbortController): Promise<IngestChaosReport> {
  const startedAt = systemClock.monotonicMs();
  for (const ingestor of cast.ingestors) await startAgain(ingestor);
  const silence = new AbortController();
  end.signal.addEventListener('abort', () => silence.abort());
  const flowing = Promise.all([cast.producer.run(), cast.receipts.run(silence.signal)]);
  const telling = tell(cast, options);
  const [faults, scenes] = await untilAll(end, strike(cast, options), play(cast, options));
  silence.abort();
  await flowing;
  await settle(cast);
  const { platform, reading, replayed, producer, receipts, ended } = cast;
  const check = await checkIngest({ platform, reading, replayed, answered: receipts.confirmed });
  end.abort();
  await telling;
  return {
    ...check,
    faults,
    scenes,
    seconds: Math.round((systemClock.monotonicMs() - startedAt) / 1_000),
    resent: { appends: producer.retries, batches: receipts.retries },
    ended: [...ended].map(([name, said]) => `${name}: ${said}`),
  };
}

function strike(cast: ChaosCast, options: IngestChaosOptions): Promise<StruckFault[]> {
  const { seed, faults, spacing = [700, 3_000], lasts = [200, 2_500], atOnce = 2, onEvent } = options;
  const { targets, signal, done } = cast;
  const hit = hitOf({ ...cast, onEnded: (ingestor) => void noteEnded(cast, ingestor) });
  const onStrike = ({ index, kind, target, lastsMs, hit }: StruckFault) => {
    done.struck++;
    onEvent?.(`fault ${index + 1}: ${kind} ${target} for ${lastsMs} ms, ${hit} under way`);
  };
  return runChaos({ seed, faults, targets, spacing, lasts, atOnce, hit, hitWithinMs, signal, onStrike });
}

const play = (cast: ChaosCast, { seed, onEvent }: IngestChaosOptions): Promise<PlayedScene[]> =>
  playScenes(cast.scenes, cast, {
    seed,
    onPlayed({ name, outcome }) {
      cast.done.played++;
      onEvent?.(`${name}: ${outcome}`);
    },
  });

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

/** All lines are stored, and the receipts that are still on their way have come; what never comes is for the count to tell. */
async function settle(cast: ChaosCast): Promise<void> {
  const { lag, receipts, platform, ingestors } = cast;
  await until(cast, 'all is stored', () => lag.isStored(), storedWithinMs);
  const allThere = async () => {
    const found = await checkReceipts(receipts.confirmed, receiptUsers, platform.ledger).catch(() => undefined);
    return found?.missing === 0;
  };
  await comesTrue(cast, allThere, receiptsWithinMs);
  for (const ingestor of ingestors) if (ingestor.pid === 0) await noteEnded(cast, ingestor);
}

async function tell(
  { signal, producer, lag, done }: ChaosCast,
  { onProgress }: Pick<IngestChaosOptions, 'onProgress'>,
): Promise<void> {
  while (!signal.aborted) {
    onProgress?.({ acknowledged: producer.acknowledged, lag: lag.lines, ...done });
    await systemClock.sleep(lookMs, signal);
  }
}
