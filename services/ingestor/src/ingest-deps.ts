import type { Logger } from '@reelay/shared/observability';
import type { Clock } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import type { IngestorConfig } from './config.ts';
import type { ItemDictionary } from './item-dictionary.ts';
import type { HistoryMerger } from './merge-histories.ts';
import type { IngestorMetrics } from './metrics.ts';
import type { LineParser } from './parse-line.ts';

/** What a partition needs. */
export interface IngestDeps {
  config: Pick<
    IngestorConfig,
    'EVENT_TOPIC' | 'CSV_DIR' | 'FLUSH_LINES' | 'FLUSH_LOG_MINUTES' | 'FLUSH_IDLE_MS' | 'USER_ID_MAX'
  >;
  ledger: Ledger;
  items: ItemDictionary;
  merger: HistoryMerger;
  parse: LineParser;
  /** Has the log ask `from` again for a partition that was lost, should it still give it to us then. */
  restart(partition: number, afterMs: number): void;
  log: Logger;
  metrics: IngestorMetrics;
  clock: Clock;
}
