import { systemClock } from '@reelay/shared/runtime';
import type { IngestorProcess } from './chaos-platform.ts';
import { until, type Scene, type Stage } from './scenes.ts';
import { startAgain } from './start-again.ts';

const staysMs = [300, 2_500] as const;

/** A member that joins the group, owns a partition, stays a while and leaves: asked to, or by a kill. */
export const joinAndLeave = (stage: Stage, member: IngestorProcess, number: number): Scene => ({
  name: `member ${number}`,
  async play() {
    const before = await member.logged(claimed);
    await startAgain(member);
    await until(stage, `${member.name} owns a partition`, async () => (await member.logged(claimed)) > before);
    await systemClock.sleep(stage.random.between(staysMs), stage.signal);
    const leaves = stage.random.below(2) === 0 ? 'stop' : 'kill';
    await member[leaves]();
    return `joined, owned a partition, left by a ${leaves}`;
  },
});

/** In an ingestor's log, once a partition and claim. */
export const claimed = 'partition claimed';

/**
 * A reader of another group, to which the topic is new, so that it begins at 0: it takes every partition from the others, which take them back. The
 * stored position decides, so nothing is read twice into SQL.
 */
export const readAsAnotherGroup = (stage: Stage, reader: IngestorProcess, partitions: number): Scene => ({
  name: 'replay from 0 by another group',
  async play() {
    await startAgain(reader);
    const tookAll = async () => (await reader.logged(claimed)) >= partitions;
    await until(stage, 'the other group owns every partition', tookAll);
    const before = stage.lag.stored;
    await until(stage, 'somebody stores', async () => (await stage.lag.refresh(), stage.lag.stored > before));
    await reader.stop();
    return `${await reader.logged(claimed)} claims against the group, which went on`;
  },
});
