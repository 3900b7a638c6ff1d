import { openEventLog } from '@reelay/shared/messaging';
import { messageOf, systemClock } from '@reelay/shared/runtime';
import type { StreamProgress } from '@reelay/shared/storage';
import { createLineParser, rereadLog, type Reread } from '../../services/ingestor/src/index.ts';
import { patiently, undisturbed, type Scene, type Stage } from './scenes.ts';
import { startAgain } from './start-again.ts';

const attemptsMax = 20;
const againMs = 1_000;

/**
 * All that is stored is read once more from 0, as `reelay ingest --from earliest` does, while no ingestor runs. `replayed` gathers by partition the
 * lines that were read again: they count as received and repeated once more, and may add nothing.
 */
export const rereadFromStart = (stage: Stage, topic: string, replayed: Map<number, number>): Scene => ({
  name: 'replay from 0 of all that is stored',
  play: () =>
    undisturbed(
      stage,
      stage.ingestors.map(({ name }) => name),
      async () => {
        for (const ingestor of stage.ingestors) await ingestor.stop();
        try {
          const before = await progressOf(stage, topic);
          const read = await rereadPatiently(stage, topic);
          noteReplayed(before, await progressOf(stage, topic), replayed);
          if (read.added !== 0) throw new Error(`${read.added} rows were missing and came with the replay`);
          return `${read.lines} lines read again, 0 rows added`;
        } finally {
          for (const ingestor of stage.ingestors) await startAgain(ingestor);
        }
      },
    ),
});

/** Servers come and go meanwhile; a replay that was broken off is begun again. */
async function rereadPatiently(stage: Stage, topic: string): Promise<Reread> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rereadOnce(stage, topic);
    } catch (error) {
      stage.signal.throwIfAborted();
      if (attempt === attemptsMax) throw new Error(`the replay failed: ${messageOf(error)}`, { cause: error });
      await systemClock.sleep(againMs, stage.signal);
    }
  }
}

async function rereadOnce({ platform }: Stage, topic: string): Promise<Reread> {
  const eventLog = await openEventLog(platform.eventLogUrl, { group: 'chaos-reread' });
  try {
    return await rereadLog(
      {
        config: { EVENT_TOPIC: topic, CSV_DIR: platform.csvDir, FLUSH_LINES: 5_000 },
        eventLog,
        ledger: platform.ledger,
        parse: createLineParser(),
        clock: systemClock,
      },
      new Map(),
    );
  } finally {
    await eventLog.close();
  }
}

const progressOf = (stage: Stage, topic: string): Promise<StreamProgress[]> =>
  patiently(stage, () => stage.platform.ledger.progress(topic));

/** Only what is repeated may have grown. */
function noteReplayed(before: StreamProgress[], after: StreamProgress[], replayed: Map<number, number>): void {
  for (const { partition, counts, nextOffset } of after) {
    const earlier = before.find((row) => row.partition === partition);
    if (earlier === undefined) throw new Error(`partition ${partition} appeared in the replay`);
    const again = counts.received - earlier.counts.received;
    const changed =
      counts.repeated - earlier.counts.repeated !== again ||
      counts.accepted !== earlier.counts.accepted ||
      counts.quarantined !== earlier.counts.quarantined ||
      nextOffset !== earlier.nextOffset;
    if (changed) throw new Error(`the replay changed more than what is repeated in partition ${partition}`);
    replayed.set(partition, (replayed.get(partition) ?? 0) + again);
  }
}
