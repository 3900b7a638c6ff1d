import { quarantineReasons, type QuarantineReason } from '@reelay/shared/contracts';
import { Counter, Gauge, Histogram, type Registry } from '@reelay/shared/observability';
import { stallReasons } from './note-stall.ts';

/** Metrics of the ingestor. Counts of lines are those of this process; the ledger has the sums of all time. */
export function createIngestorMetrics(registry: Registry) {
  const registers = [registry];
  const lines = new Counter({
    name: 'reelay_ingest_lines_total',
    help: 'Committed lines by what became of them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const quarantined = new Counter({
    name: 'reelay_ingest_quarantined_total',
    help: 'Committed quarantined lines by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  // Known from the start, so that a rate over the first one is not missed.
  for (const reason of quarantineReasons) quarantined.inc({ reason: reason satisfies QuarantineReason }, 0);
  const stalled = new Gauge({
    name: 'reelay_ingest_stalled_partitions',
    help: 'Partitions whose lines cannot be stored now, by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  for (const reason of stallReasons) stalled.set({ reason }, 0);
  return {
    lines,
    quarantined,
    stalled,
    portUp: new Gauge({
      name: 'reelay_ingest_port_up',
      help: '1 while a port of the ingestor answers, 0 while it is away.',
      labelNames: ['port'] as const,
      registers,
    }),
    uncommittedSeconds: new Gauge({
      name: 'reelay_ingest_uncommitted_seconds',
      help: 'How long the oldest line that is gathered and not committed has waited.',
      registers,
    }),
    segments: new Counter({
      name: 'reelay_ingest_segments_total',
      help: 'Segments written; watch lines divided by this is the collapse ratio.',
      registers,
    }),
    flushes: new Counter({
      name: 'reelay_ingest_flushes_total',
      help: 'Windows by outcome of their commit.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    flushSeconds: new Histogram({
      name: 'reelay_ingest_flush_seconds',
      help: 'Time of a commit, CSV included.',
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30],
      registers,
    }),
    missing: new Counter({
      name: 'reelay_ingest_missing_offsets_total',
      help: 'Offsets that were gone before they were read.',
      registers,
    }),
    incarnations: new Counter({
      name: 'reelay_ingest_incarnations_total',
      help: 'Times that a topic was found made anew.',
      registers,
    }),
    lag: new Gauge({
      name: 'reelay_ingest_lag_lines',
      help: 'Lines in the log that are not committed, over the partitions of this process.',
      registers,
    }),
    gathered: new Gauge({ name: 'reelay_ingest_gathered_lines', help: 'Lines gathered and not committed.', registers }),
    rolledUp: new Gauge({
      name: 'reelay_ingest_last_rolled_up',
      help: 'Lines, segments and viewings of the day that was rolled up last; their ratios say how far it collapsed.',
      labelNames: ['of'] as const,
      registers,
    }),
    histories: new Counter({
      name: 'reelay_ingest_history_entries_total',
      help: 'Entries merged into histories.',
      registers,
    }),
    problems: new Counter({
      name: 'reelay_ingest_problems_total',
      help: 'Failed attempts, by the part that failed.',
      labelNames: ['part'] as const,
      registers,
    }),
  };
}

export type IngestorMetrics = ReturnType<typeof createIngestorMetrics>;
