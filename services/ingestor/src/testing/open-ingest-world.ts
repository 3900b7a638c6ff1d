import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventLog, openHistories, type EventLog, type Histories } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock, type Clock } from '@reelay/shared/runtime';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { ingestorConfig, type IngestorConfig } from '../config.ts';
import { createIngestor, type Ingestor, type IngestorDeps } from '../service.ts';

export const testTopic = 'test-log';

interface AnotherOptions extends Partial<Pick<IngestorDeps, 'eventLog' | 'histories' | 'batches' | 'clock'>> {
  settings?: Partial<IngestorConfig>;
  wrap?: (ledger: Ledger) => Ledger;
}

/** A folder with an event log, a ledger and CSV files, and any number of ingestors on them. */
export interface IngestWorld {
  eventLog: EventLog;
  ledger: Ledger;
  histories: Histories;
  csvDir: string;
  /** Another ingestor on the same world, with connections of its own; not started. */
  another(options?: AnotherOptions): Promise<Ingestor>;
  /** A clock that knows how many of its timers wait. */
  countingClock(): { clock: Clock; open(): number };
  /** Throws the topic away and makes it again, empty. */
  recreateTopic(): Promise<EventLog>;
  /** Lines of a logger that all ingestors share. */
  logged: Record<string, unknown>[];
  close(): Promise<void>;
}

export async function openIngestWorld(): Promise<IngestWorld> {
  const home = await mkdtemp(join(tmpdir(), 'reelay-ingest-'));
  const urls = {
    EVENT_LOG_URL: `sqlite:${home}/events.db`,
    LEDGER_URL: `sqlite:${home}/ledger.db`,
    REDIS_URL: 'memory:',
  };
  const { log, lines } = createMemoryLogger();
  const opened: { close(): Promise<void> }[] = [];
  const ingestors: Ingestor[] = [];
  const own = <T extends { close(): Promise<void> }>(thing: T): T => {
    opened.push(thing);
    return thing;
  };
  const csvDir = join(home, 'csv');
  const eventLog = own(await openEventLog(urls.EVENT_LOG_URL));
  const histories = own(await openHistories(urls.REDIS_URL));
  const ledger = own(await openLedger(urls.LEDGER_URL));
  return {
    eventLog,
    ledger,
    histories,
    csvDir,
    logged: lines,
    async another({ settings = {}, wrap = (ledger: Ledger) => ledger, ...given }: AnotherOptions = {}) {
      const config = ingestorConfig.parse({
        ...urls,
        CSV_DIR: csvDir,
        EVENT_TOPIC: testTopic,
        FLUSH_IDLE_MS: 600_000,
        ...settings,
      });
      const ingestor = createIngestor({
        config,
        eventLog: given.eventLog ?? own(await openEventLog(urls.EVENT_LOG_URL)),
        ledger: wrap(own(await openLedger(urls.LEDGER_URL))),
        histories: given.histories ?? histories,
        batches: given.batches,
        log,
        registry: createRegistry(),
        clock: given.clock ?? systemClock,
      });
      ingestors.push(ingestor);
      return ingestor;
    },
    countingClock,
    async recreateTopic() {
      const file = new DatabaseSync(`${home}/events.db`);
      file.exec('DELETE FROM event_line; UPDATE event_partition SET next_offset = 0');
      file.close();
      return eventLog;
    },
    async close() {
      await Promise.all(ingestors.map((ingestor) => ingestor.stop()));
      for (const thing of opened.reverse()) await thing.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function countingClock(): { clock: Clock; open(): number } {
  let open = 0;
  const clock: Clock = {
    ...systemClock,
    after(ms, fn) {
      open += 1;
      let waiting = true;
      const end = () => {
        if (waiting) open -= 1;
        waiting = false;
      };
      const cancel = systemClock.after(ms, () => {
        end();
        fn();
      });
      return () => {
        end();
        cancel();
      };
    },
    async sleep(ms, signal) {
      open += 1;
      await systemClock.sleep(ms, signal);
      open -= 1;
    },
  };
  return { clock, open: () => open };
}
