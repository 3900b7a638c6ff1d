import type { EventLog, Follower, Histories, LogSubscription } from '@reelay/shared/messaging';
import type { Logger, Registry } from '@reelay/shared/observability';
import { AppError, createService, messageOf, within, type Clock, type Own, type Service } from '@reelay/shared/runtime';
import type { Ledger, LineCounts } from '@reelay/shared/storage';
import type { IngestorConfig } from './config.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { PartitionIngest } from './ingest-partition.ts';
import { ItemDictionary } from './item-dictionary.ts';
import { createDetailsLoader } from './load-details.ts';
import { HistoryMerger } from './merge-histories.ts';
import { createIngestorMetrics } from './metrics.ts';
import { createLineParser } from './parse-line.ts';
import { createHistoryRebuilder } from './rebuild-histories.ts';

const idleLookMs = 100;
const lastFlushMs = 5_000;
const rebuildMsMin = 2_500;

export interface IngestorDeps {
  config: Omit<IngestorConfig, 'EVENT_LOG_URL' | 'LEDGER_URL' | 'REDIS_URL'>;
  eventLog: EventLog;
  ledger: Ledger;
  histories: Histories;
  log: Logger;
  registry: Registry;
  clock: Clock;
}

export interface IngestorState {
  /** Partitions of this process. */
  partitions: number;
  /** Lines in the log that are not committed. */
  lag: number;
  gathered: number;
}

export interface Ingestor extends Service {
  /** Commits what has been received so far. */
  flush(): Promise<void>;
  /**
   * Resolves when all lines that stood in the topic at the call are committed, flushing as they come; `TIMEOUT` after
   * `withinMs`. Partitions of other ingestors are waited for, too.
   */
  drained(topic: string, withinMs?: number): Promise<LineCounts>;
  state(): IngestorState;
}

/** From the log to the ledger, the CSV files and the histories. */
export function createIngestor(deps: IngestorDeps): Ingestor {
  const partitions = new Map<number, PartitionIngest>();
  const all = () => [...partitions.values()];
  const metrics = createIngestorMetrics(deps.registry);
  const state = (): IngestorState => ({
    partitions: partitions.size,
    lag: sum(all().map((one) => one.lag)),
    gathered: sum(all().map((one) => one.gathered)),
  });
  const flush = async () => {
    await Promise.all(all().map((one) => one.flush()));
  };
  const service = createService('ingestor', async (own) => {
    const { histories, ledger, log, clock, config, eventLog } = deps;
    const merger = new HistoryMerger({
      histories,
      clock,
      onMerged: (events) => metrics.histories.inc(events),
      onProblem: (error) => noteProblem('histories', error),
    });
    const noteProblem = (part: string, error: string) => {
      metrics.problems.inc({ part });
      log.warn({ part, error }, 'an attempt failed');
    };
    const openEvents = function* () {
      for (const one of all()) yield* one.openEvents();
    };
    await startPart(own, createDetailsLoader({ config, ledger, log, clock }));
    await startPart(
      own,
      createHistoryRebuilder({
        histories,
        ledger,
        merger,
        openEvents,
        rebuildMsMin: eventLog.features.groups ? rebuildMsMin : 0,
        clock,
        onProblem: (error) => noteProblem('histories', error),
        onRebuilt: (fields) => log.info(fields, 'histories rebuilt'),
      }),
    );
    const ingestDeps: Omit<IngestDeps, 'restart'> = {
      config,
      ledger,
      items: new ItemDictionary(ledger),
      merger,
      parse: createLineParser({ userIdMax: config.USER_ID_MAX, ratingMax: config.RATING_MAX, zone: config.ZONE }),
      log,
      metrics,
      clock,
    };
    await eventLog.ensureTopic(config.EVENT_TOPIC, config.EVENT_PARTITIONS);
    await followTopic(own, deps, ingestDeps, partitions);
    own(
      watchWindows(
        all,
        () => {
          metrics.lag.set(state().lag);
          metrics.gathered.set(state().gathered);
        },
        clock,
      ),
    );
  });
  return {
    ...service,
    flush,
    state,
    async drained(topic, withinMs = 600_000) {
      const ends = await deps.eventLog.ranges(topic);
      const giveUpAt = deps.clock.monotonicMs() + withinMs;
      for (;;) {
        await flush();
        const stored = await deps.ledger.progress(topic);
        const next = new Map(stored.map((row) => [row.partition, row.nextOffset]));
        const missing = ends.filter(({ partition, low, high }) => high > low && (next.get(partition) ?? 0) < high);
        if (missing.length === 0) return sumCounts(stored.map((row) => row.counts));
        if (deps.clock.monotonicMs() > giveUpAt) {
          throw new AppError('TIMEOUT', `${missing.length} partitions of ${topic} are not stored after ${withinMs} ms`);
        }
        await deps.clock.sleep(idleLookMs);
      }
    },
  };
}

async function startPart(own: Own, part: Service): Promise<void> {
  own(() => part.stop());
  await part.start();
}

async function followTopic(
  own: Own,
  { eventLog, config, clock, log }: IngestorDeps,
  ingestDeps: Omit<IngestDeps, 'restart'>,
  partitions: Map<number, PartitionIngest>,
): Promise<void> {
  let subscription: LogSubscription | undefined;
  const pending = new Set<() => void>();
  const restart = (partition: number, afterMs: number) => {
    const cancel = clock.after(afterMs, () => {
      pending.delete(cancel);
      subscription?.restart(partition);
    });
    pending.add(cancel);
  };
  const ingestOf = (partition: number): PartitionIngest => {
    let ingest = partitions.get(partition);
    if (ingest === undefined)
      partitions.set(partition, (ingest = new PartitionIngest({ ...ingestDeps, restart }, partition)));
    return ingest;
  };
  const follower: Follower = {
    from: (range) => ingestOf(range.partition).from(range),
    onBatch: (batch) => ingestOf(batch.partition).onBatch(batch),
    onRevoked(partition) {
      void partitions.get(partition)?.forget();
      partitions.delete(partition);
    },
  };
  subscription = await eventLog.follow(config.EVENT_TOPIC, follower);
  own(async () => {
    for (const cancel of pending) cancel();
    await subscription.stop();
    const flushes = [...partitions.values()].map((one) => one.flush());
    // What is not committed now is read again by the next one.
    await within(lastFlushMs, 'the last flush', Promise.all(flushes)).catch((error: unknown) => {
      log.warn({ error: messageOf(error) }, 'stopped with lines that are not committed');
    });
    await Promise.all([...partitions.values()].map((one) => one.forget()));
    partitions.clear();
  });
}

/** Looks for idle windows, and at figures, a few times a second; returns the undo. */
function watchWindows(all: () => PartitionIngest[], onLook: () => void, clock: Clock): () => void {
  let cancel = () => {};
  const look = () => {
    for (const one of all()) one.flushIdle();
    onLook();
    cancel = clock.after(idleLookMs, look);
  };
  look();
  return () => cancel();
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

const sumCounts = (counts: LineCounts[]): LineCounts => ({
  received: sum(counts.map((one) => one.received)),
  accepted: sum(counts.map((one) => one.accepted)),
  repeated: sum(counts.map((one) => one.repeated)),
  quarantined: sum(counts.map((one) => one.quarantined)),
});
