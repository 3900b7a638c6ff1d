import type { EventLog } from '@reelay/shared/messaging';
import { AppError, type Clock } from '@reelay/shared/runtime';
import type { IngestLedger, LineCounts } from '@reelay/shared/storage';

const lookMs = 100;

interface DrainDeps {
  eventLog: Pick<EventLog, 'ranges'>;
  ledger: Pick<IngestLedger, 'progress'>;
  clock: Clock;
  flush(): Promise<void>;
  topic: string;
  withinMs: number;
}

/** See `Ingestor.drained`. The ledger's progress is asked, so that partitions of other ingestors count, too. */
export async function drain({ eventLog, ledger, clock, flush, topic, withinMs }: DrainDeps): Promise<LineCounts> {
  const ends = await eventLog.ranges(topic);
  const giveUpAt = clock.monotonicMs() + withinMs;
  for (;;) {
    await soonEnough(flush(), clock, giveUpAt);
    const stored = await ledger.progress(topic);
    const next = new Map(stored.map((row) => [row.partition, row.nextOffset]));
    const behind = ends.filter(({ partition, low, high }) => high > low && (next.get(partition) ?? 0) < high);
    if (behind.length === 0) return sumCounts(stored.map((row) => row.counts));
    if (clock.monotonicMs() > giveUpAt) {
      throw new AppError('TIMEOUT', `${behind.length} partitions of ${topic} are not stored after ${withinMs} ms`);
    }
    await clock.sleep(lookMs);
  }
}

/** A commit that keeps failing goes on in the background; whoever waits for the drain is told when the time is over. */
async function soonEnough(work: Promise<void>, clock: Clock, giveUpAt: number): Promise<void> {
  const abort = new AbortController();
  try {
    await Promise.race([work, clock.sleep(Math.max(0, giveUpAt - clock.monotonicMs()), abort.signal)]);
  } finally {
    abort.abort();
  }
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

const sumCounts = (counts: LineCounts[]): LineCounts => ({
  received: sum(counts.map((one) => one.received)),
  accepted: sum(counts.map((one) => one.accepted)),
  repeated: sum(counts.map((one) => one.repeated)),
  quarantined: sum(counts.map((one) => one.quarantined)),
});
