import type { EventLog, Follower, LogSubscription } from '@reelay/shared/messaging';
import { messageOf, within, type Own } from '@reelay/shared/runtime';
import type { IngestDeps } from './ingest-deps.ts';
import { PartitionIngest } from './ingest-partition.ts';

const lastFlushMs = 5_000;

/** Reads the topic into `partitions`; the undo commits what is gathered, as far as the ledger lets it. */
export async function followTopic(
  own: Own,
  eventLog: EventLog,
  deps: Omit<IngestDeps, 'restart'>,
  partitions: Map<number, PartitionIngest>,
): Promise<void> {
  let subscription: LogSubscription | undefined;
  const pending = new Set<() => void>();
  const restart = (partition: number, afterMs: number) => {
    const cancel = deps.clock.after(afterMs, () => {
      pending.delete(cancel);
      subscription?.restart(partition);
    });
    pending.add(cancel);
  };
  const ingestOf = (partition: number): PartitionIngest => {
    let ingest = partitions.get(partition);
    if (ingest === undefined)
      partitions.set(partition, (ingest = new PartitionIngest({ ...deps, restart }, partition)));
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
  subscription = await eventLog.follow(deps.config.EVENT_TOPIC, follower);
  own(async () => {
    for (const cancel of pending) cancel();
    await subscription.stop();
    const flushes = [...partitions.values()].map((one) => one.flush());
    // What is not committed now is read again by the next one.
    await within(lastFlushMs, 'the last flush', Promise.all(flushes)).catch((error: unknown) => {
      deps.log.warn({ error: messageOf(error) }, 'stopped with lines that are not committed');
    });
    await Promise.all([...partitions.values()].map((one) => one.forget()));
    partitions.clear();
  });
}
