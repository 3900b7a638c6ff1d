import type { Clock } from '@reelay/shared/runtime';
import type { ReadingLedger } from '@reelay/shared/storage';
import type { SnapshotStore } from '../snapshot/snapshot-store.ts';

export interface VolumeDeps {
  ledger: Pick<ReadingLedger, 'counts'>;
  snapshots: Pick<SnapshotStore, 'list'>;
  clock: Clock;
  /** New ratings since the last snapshot that call for a training. */
  afterRatings: number;
  pollMs: number;
}

/**
 * Calls `train` when enough ratings came since the newest snapshot, whatever became of it: data that was refused is not tried again until
 * as much came once more. Without any snapshot all ratings are new. Ends with the signal; what a look throws goes to `onTrouble`.
 */
export async function trainByVolume(
  { ledger, snapshots, clock, afterRatings, pollMs }: VolumeDeps,
  {
    train,
    onTrouble,
    signal,
  }: { train: () => Promise<void>; onTrouble: (cause: unknown) => void; signal: AbortSignal },
): Promise<void> {
  let triedAt = 0;
  while (!signal.aborted) {
    await clock.sleep(pollMs, signal);
    if (signal.aborted) return;
    try {
      const { ratings } = await ledger.counts();
      const known = (await snapshots.list()).at(0)?.watermark.ratings ?? 0;
      if (ratings - Math.max(known, triedAt) < afterRatings) continue;
      triedAt = ratings;
      await train();
    } catch (cause) {
      onTrouble(cause);
    }
  }
}
