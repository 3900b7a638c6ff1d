import type { EventLog } from '@reelay/shared/messaging';
import { createService, type Clock, type Service } from '@reelay/shared/runtime';
import type { PartitionIngest } from './ingest-partition.ts';
import type { IngestorMetrics } from './metrics.ts';

const idleLookMs = 100;
const endLookMs = 5_000;

export interface WatchWindowsDeps {
  topic: string;
  all(): PartitionIngest[];
  eventLog: Pick<EventLog, 'ranges'>;
  metrics: Pick<IngestorMetrics, 'lag' | 'gathered' | 'uncommittedSeconds'>;
  clock: Clock;
}

/** Looks for idle windows, and at figures, a few times a second. */
export const createWindowWatch = (deps: WatchWindowsDeps): Service =>
  createService('window-watch', async (own) => {
    const abort = new AbortController();
    const ends = watchEnds(deps, abort.signal);
    own(async () => {
      abort.abort();
      await ends;
    });
    own(watchWindows(deps));
  });

function watchWindows({ all, metrics, clock }: WatchWindowsDeps): () => void {
  let cancel = () => {};
  const look = () => {
    for (const one of all()) one.flushIdle();
    metrics.lag.set(sum(all().map((one) => one.lag)));
    metrics.gathered.set(sum(all().map((one) => one.gathered)));
    metrics.uncommittedSeconds.set(Math.max(0, ...all().map((one) => one.waitedMs)) / 1000);
    cancel = clock.after(idleLookMs, look);
  };
  look();
  return () => cancel();
}

/** Batches say where the log ends, but while reading is paused there are none, and the lag would seem to stand still. */
async function watchEnds({ topic, all, eventLog, clock }: WatchWindowsDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const ranges = await eventLog.ranges(topic).catch(() => []);
    const ends = new Map(ranges.map(({ partition, high }) => [partition, high]));
    for (const one of all()) one.noteHigh(ends.get(one.partition) ?? 0);
    await clock.sleep(endLookMs, signal);
  }
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
