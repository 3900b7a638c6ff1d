import { readWholeTopic, remakeTopic } from '@reelay/shared/testing';
import { wrongSoFar, type LogReading } from './log-facts.ts';
import { patiently, undisturbed, until, type Scene, type Stage } from './scenes.ts';

interface RemakeOptions {
  partitions: number;
  reading: LogReading;
  /** By partition: lines that a replay read once more. */
  replayed: Map<number, number>;
}

/**
 * Once all is stored, the topic is deleted and made anew under the same name. What stood in it is read back before, and must be what was received in
 * this incarnation.
 */
export const remakeLog = (stage: Stage, topic: string, { partitions, reading, replayed }: RemakeOptions): Scene => ({
  name: 'topic made anew',
  async play() {
    const goOn = await stage.producer.hold();
    try {
      return await undisturbed(stage, ['kafka'], async () => {
        await until(stage, 'all is stored', () => stage.lag.isStored());
        const { eventLogUrl, ledger } = stage.platform;
        const lines = await readWholeTopic(eventLogUrl, topic, ({ partition, offset, bytes }) =>
          reading.add(partition, offset, bytes),
        );
        if (lines === 0) throw new Error('the topic was empty before it was made anew');
        const wrong = wrongSoFar(await patiently(stage, () => ledger.progress(topic)), reading.facts, replayed);
        if (wrong.length > 0) throw new Error(`before the topic was made anew: ${wrong.join(', ')}`);
        await remakeTopic(eventLogUrl, topic, partitions);
        return `lag 0 after ${lines} lines, then deleted and made anew`;
      });
    } finally {
      goOn();
    }
  },
});
