import type { StreamProgress } from '@reelay/shared/storage';
import type { IngestorProcess } from './chaos-platform.ts';
import { comesTrue, patiently, until, type Scene, type Stage } from './scenes.ts';
import { startAgain } from './start-again.ts';

const attemptsMax = 8;
const successionMs = 40_000;
const wakingMs = 10_000;
export const fencedFlushes = 'reelay_ingest_flushes_total{outcome="fenced"}';
export const gatheredLines = 'reelay_ingest_gathered_lines';

/**
 * An owner that is held with lines in its hands until its successor has taken every partition and stored beyond them, and then wakes and tries to store
 * them. It is tried again until the zombie really tried: one that was held in mid-transaction is waited for by all, and one that hears of its loss
 * first drops its lines.
 */
export const wakeZombie = (stage: Stage, zombie: IngestorProcess, topic: string): Scene => ({
  name: 'zombie',
  async play() {
    await startAgain(zombie);
    const failed: string[] = [];
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      await until(stage, 'the zombie has lines in its hands', async () => (await zombie.metric(gatheredLines)) > 0);
      const refused = await zombie.metric(fencedFlushes);
      if (!(await outliveIt(stage, zombie, topic))) {
        failed.push('the others did not go on');
        // Held in the middle of a change of owners, it keeps the group waiting for longer than anybody looks: it has to let go of its lines first.
        await comesTrue(stage, async () => (await zombie.metric(gatheredLines)) === 0, wakingMs);
        continue;
      }
      const tried = async () => (await zombie.metric(fencedFlushes)) > refused;
      if (!(await comesTrue(stage, tried, wakingMs))) {
        failed.push('it dropped its lines');
        continue;
      }
      await zombie.stop();
      return `woke after its successor had stored, tried to store and was refused (attempt ${attempt})`;
    }
    throw new Error(`a zombie was held ${attemptsMax} times and never tried to store: ${failed.join(', ')}`);
  },
});

/** Holds it until all others have gone on; false when they could not. It goes on in any case. */
async function outliveIt(stage: Stage, { pid }: IngestorProcess, topic: string): Promise<boolean> {
  const { ledger, eventLog } = stage.platform;
  if (pid === 0) throw new Error('the zombie ended by itself');
  process.kill(pid, 'SIGSTOP');
  try {
    const rows = await patiently(stage, () => ledger.progress(topic));
    const held = new Map(rows.map((row) => [row.partition, row]));
    const succeeded = async () => {
      const ends = new Map((await eventLog.ranges(topic)).map(({ partition, high }) => [partition, high]));
      return (await ledger.progress(topic)).every(isBeyond(held, ends));
    };
    // Servers may be away at the moment.
    return await comesTrue(stage, () => succeeded().catch(() => false), successionMs);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Another owner, and lines stored by it; where there are none any more, what was in the zombie's hands is among those that are. */
const isBeyond =
  (held: Map<number, StreamProgress>, ends: Map<number, number>) =>
  ({ partition, ownerEpoch, nextOffset, incarnation }: StreamProgress): boolean => {
    const before = held.get(partition);
    if (before === undefined || ownerEpoch <= before.ownerEpoch) return false;
    return incarnation > before.incarnation || nextOffset > before.nextOffset || nextOffset === ends.get(partition);
  };
