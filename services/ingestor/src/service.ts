import type { BatchQueue, EventLog, Histories } from '@reelay/shared/messaging';
import type { Logger, Registry } from '@reelay/shared/observability';
import { createService, messageOf, type Clock, type Own, type Service } from '@reelay/shared/runtime';
import type { Ledger, LineCounts } from '@reelay/shared/storage';
import type { IngestorConfig } from './config.ts';
import { createDetailsCrawl, type DetailsCrawl } from './crawl-details.ts';
import { drain } from './drain.ts';
import { createBatchFollower } from './follow-batches.ts';
import { followTopic } from './follow-topic.ts';
import type { IngestDeps } from './ingest-deps.ts';
import type { PartitionIngest } from './ingest-partition.ts';
import { ItemDictionary } from './item-dictionary.ts';
import { createDetailsLoader } from './load-details.ts';
import { HistoryMerger } from './merge-histories.ts';
import { createIngestorMetrics, type IngestorMetrics } from './metrics.ts';
import { createUpkeep, type Upkeep } from './upkeep.ts';
import { createLineParser, type LineParser, type ParseLimits } from './parse-line.ts';
import { createHistoryRebuilder, type RebuildDeps } from './rebuild-histories.ts';
import { createReceiptMetrics, type ReceiptMetrics } from './receipt-metrics.ts';
import { createPortWatch, type WatchPortsDeps } from './watch-ports.ts';
import { createWindowWatch } from './watch-windows.ts';

const rebuildMsMin = 2_500;

export interface IngestorDeps {
  config: Omit<IngestorConfig, 'EVENT_LOG_URL' | 'LEDGER_URL' | 'REDIS_URL' | 'QUEUE_URL'>;
  eventLog: EventLog;
  ledger: Ledger;
  histories: Histories;
  /** Receipts and feedback come from here; without it, none are taken. */
  batches?: BatchQueue;
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
  /** Re-drive of quarantine, and roll-up by hand. */
  upkeep: Pick<Upkeep, 'redrive' | 'rollUp' | 'tidy'>;
}

/** From the log to the ledger, the CSV files and the histories. */
export function createIngestor(deps: IngestorDeps): Ingestor {
  const partitions = new Map<number, PartitionIngest>();
  const all = () => [...partitions.values()];
  const metrics = createIngestorMetrics(deps.registry);
  const receiptMetrics = createReceiptMetrics(deps.registry);
  const crawl = createDetailsCrawl(deps);
  const state = (): IngestorState => ({
    partitions: partitions.size,
    lag: sum(all().map((one) => one.lag)),
    gathered: sum(all().map((one) => one.gathered)),
  });
  const flush = async () => {
    await Promise.all(all().map((one) => one.flush()));
  };
  const upkeep = createIngestorUpkeep(deps, metrics);
  const service = createService('ingestor', async (own) => {
    const { eventLog, config, ledger, log, clock } = deps;
    const merger = createMerger(deps, metrics);
    await startPart(own, createDetailsLoader({ config, ledger, log, clock }));
    await startPart(own, crawl);
    await startPart(own, createHistoryRebuilder(rebuildDeps(deps, metrics, merger, all)));
    await startBatches(own, deps, merger, receiptMetrics);
    await eventLog.ensureTopic(config.EVENT_TOPIC, config.EVENT_PARTITIONS);
    await followTopic(own, eventLog, ingestDeps(deps, metrics, merger, crawl), partitions);
    await startPart(own, createWindowWatch({ topic: config.EVENT_TOPIC, all, eventLog, metrics, clock }));
    await startPart(own, createPortWatch({ ports: portsOf(deps), metrics, log, clock }));
    await startPart(own, upkeep);
  });
  return {
    ...service,
    flush,
    state,
    upkeep,
    drained: (topic, withinMs = 600_000) => drain({ ...deps, flush, topic, withinMs }),
  };
}

const portsOf = ({ eventLog, ledger, histories, batches }: IngestorDeps): WatchPortsDeps['ports'] => ({
  event_log: () => eventLog.isUp(),
  ledger: () => ledger.isUp(),
  histories: () => histories.isUp(),
  ...(batches && { queue: () => batches.isUp() }),
});

/** Histories of a re-drive go straight to the store; what it may miss there, a rebuild brings. */
const createIngestorUpkeep = (deps: IngestorDeps, metrics: IngestorMetrics): Upkeep =>
  createUpkeep({
    ...deps,
    metrics,
    parse: createLineParser(limitsOf(deps.config)),
    onEvents: (events) => deps.histories.merge([...events]).catch(noteHistoryProblem(deps, metrics)),
  });

const limitsOf = ({ USER_ID_MAX, RATING_MAX, ZONE }: IngestorDeps['config']): ParseLimits => ({
  userIdMax: USER_ID_MAX,
  ratingMax: RATING_MAX,
  zone: ZONE,
});

async function startBatches(
  own: Own,
  deps: IngestorDeps,
  merger: HistoryMerger,
  metrics: ReceiptMetrics,
): Promise<void> {
  const { batches, ledger, config, log, clock } = deps;
  if (batches === undefined) return;
  const settings = { ratingMax: config.RATING_MAX, keepDays: config.RECEIPTS_KEEP_DAYS };
  await startPart(own, createBatchFollower({ batches, ledger, merger, metrics, log, clock, ...settings }));
}

const noteProblem =
  ({ log }: IngestorDeps, metrics: IngestorMetrics, part: string) =>
  (error: string): void => {
    metrics.problems.inc({ part });
    log.warn({ part, error }, 'an attempt failed');
  };

const noteHistoryProblem = (deps: IngestorDeps, metrics: IngestorMetrics) => (error: unknown) =>
  noteProblem(deps, metrics, 'histories')(messageOf(error));

const createMerger = (deps: IngestorDeps, metrics: IngestorMetrics): HistoryMerger =>
  new HistoryMerger({
    histories: deps.histories,
    clock: deps.clock,
    onMerged: (events) => metrics.histories.inc(events),
    onProblem: noteProblem(deps, metrics, 'histories'),
  });

const rebuildDeps = (
  deps: IngestorDeps,
  metrics: IngestorMetrics,
  merger: HistoryMerger,
  all: () => PartitionIngest[],
): RebuildDeps => ({
  histories: deps.histories,
  ledger: deps.ledger,
  merger,
  *openEvents() {
    for (const one of all()) yield* one.openEvents();
  },
  rebuildMsMin: deps.eventLog.features.groups ? rebuildMsMin : 0,
  clock: deps.clock,
  onProblem: noteProblem(deps, metrics, 'histories'),
  onRebuilt: (fields) => deps.log.info(fields, 'histories rebuilt'),
});

const ingestDeps = (
  { config, ledger, log, clock }: IngestorDeps,
  metrics: IngestorMetrics,
  merger: HistoryMerger,
  crawl: DetailsCrawl,
): Omit<IngestDeps, 'restart'> => ({
  config,
  ledger,
  items: new ItemDictionary(ledger),
  merger,
  parse: noticing(createLineParser(limitsOf(config)), crawl),
  log,
  metrics,
  clock,
});

/** The parser, with every event shown to the crawl on the way. */
const noticing =
  (parse: LineParser, crawl: DetailsCrawl): LineParser =>
  (bytes) => {
    const parsed = parse(bytes);
    if (parsed.ok) crawl.notice(parsed.event);
    return parsed;
  };

async function startPart(own: Own, part: Service): Promise<void> {
  own(() => part.stop());
  await part.start();
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
