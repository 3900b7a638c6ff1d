import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { QuarantineReason } from '@reelay/shared/contracts';
import type { Logger } from '@reelay/shared/observability';
import { createService, messageOf, type Clock, type Service } from '@reelay/shared/runtime';
import { rowKinds, type SegmentDay } from '@reelay/shared/storage';
import type { IngestorConfig } from './config.ts';
import type { IngestorMetrics } from './metrics.ts';
import { redriveQuarantine, type RedriveDeps, type RedriveResult } from './redrive-quarantine.ts';

const lookMs = 60_000;
const dayMs = 86_400_000;

export interface UpkeepDeps extends Omit<RedriveDeps, 'csvDir'> {
  config: Pick<IngestorConfig, 'CSV_DIR' | 'CSV_RETENTION_DAYS' | 'SEGMENT_RETENTION_DAYS' | 'OUTCOME_WINDOW_HOURS'>;
  log: Logger;
  metrics: IngestorMetrics;
}

/** What is done to rows after they were written. */
export interface Upkeep extends Service {
  redrive(reason?: QuarantineReason): Promise<RedriveResult>;
  /** One day, or all that have ended and are not rolled up, or not with all of their segments. */
  rollUp(day?: number): Promise<SegmentDay[]>;
  /** Rolls up what has ended and removes what is too old; called each minute, and most of the time there is nothing to do. */
  tidy(): Promise<void>;
}

export function createUpkeep(deps: UpkeepDeps): Upkeep {
  const tidy = () => tidyUp(deps);
  const service = createService('upkeep', async (own) => {
    const abort = new AbortController();
    const running = watch(deps, tidy, abort.signal);
    own(async () => {
      abort.abort();
      await running;
    });
  });
  return {
    ...service,
    tidy,
    rollUp: (day) => rollUp(deps, day),
    redrive: (reason) => redriveQuarantine({ ...deps, csvDir: deps.config.CSV_DIR }, reason),
  };
}

async function watch({ clock, metrics, log }: UpkeepDeps, tidy: () => Promise<void>, signal: AbortSignal) {
  while (!signal.aborted) {
    await tidy().catch((error: unknown) => {
      metrics.problems.inc({ part: 'upkeep' });
      log.warn({ error: messageOf(error) }, 'roll-up or retention failed; tried again in a minute');
    });
    await clock.sleep(lookMs, signal);
  }
}

const today = (clock: Clock): number => Math.floor(clock.now() / dayMs);

async function tidyUp(deps: UpkeepDeps): Promise<void> {
  const { ledger, clock, config } = deps;
  // Before segments go: watched minutes of answers are read from them.
  if ((await rollUp(deps)).length > 0) await settleAnswers(deps);
  if (config.SEGMENT_RETENTION_DAYS > 0) await dropSegments(deps, today(clock) - config.SEGMENT_RETENTION_DAYS);
  if (config.CSV_RETENTION_DAYS === 0) return;
  const firstDay = today(clock) - config.CSV_RETENTION_DAYS;
  if ((await ledger.csvFromDay()) < firstDay) await dropCsv(deps, firstDay);
}

async function rollUp(deps: Pick<UpkeepDeps, 'ledger' | 'clock' | 'log' | 'metrics'>, only?: number) {
  const { ledger, clock, log, metrics } = deps;
  const ended = (await ledger.segmentDays()).filter(({ day, viewings }) => viewings === null && day < today(clock));
  const rolled: SegmentDay[] = [];
  for (const day of only === undefined ? ended.map((one) => one.day) : [only]) {
    const startedAt = clock.monotonicMs();
    const result = await ledger.rollUpDay(day);
    rolled.push(result);
    for (const rows of ['lines', 'segments', 'viewings'] as const)
      metrics.rolledUp.set({ of: rows }, result[rows] ?? 0);
    log.info({ ...result, durationMs: Math.round(clock.monotonicMs() - startedAt) }, 'a day was rolled up');
  }
  return rolled;
}

async function settleAnswers({ ledger, log, config }: UpkeepDeps): Promise<void> {
  const settled = await ledger.settleAnswers({ windowSeconds: config.OUTCOME_WINDOW_HOURS * 3_600 });
  log.info({ ...settled }, 'what became of answers was written down');
}

async function dropSegments({ ledger, log }: UpkeepDeps, firstDay: number): Promise<void> {
  const days = await ledger.segmentDays();
  for (const { day, segments } of days.filter((one) => one.day < firstDay && one.viewings !== null && !one.dropped)) {
    await ledger.dropSegments(day);
    log.info({ day, segments }, 'segments of a day were removed; its viewings stay');
  }
}

/** The ledger forgets the files first: a file that nobody knows is no lost one. What a crash leaves behind goes with the next day. */
async function dropCsv({ ledger, config, log }: UpkeepDeps, firstDay: number): Promise<void> {
  const forgotten = await ledger.dropCsvBefore(firstDay);
  const known = new Set((await ledger.csvFiles()).map(({ path }) => path));
  const first = new Date(firstDay * dayMs).toISOString().slice(0, 10);
  const old: string[] = [];
  for (const kind of rowKinds) {
    const names = await readdir(join(config.CSV_DIR, kind)).catch(() => []);
    old.push(
      ...names.filter((name) => /^\d{4}-\d\d-\d\d-s/.test(name) && name < first).map((name) => `${kind}/${name}`),
    );
  }
  const paths = new Set([...forgotten, ...old].filter((path) => !known.has(path)));
  for (const path of paths) await rm(join(config.CSV_DIR, path), { force: true });
  log.info({ firstDay: first, files: paths.size }, 'CSV files of old days were removed');
}
