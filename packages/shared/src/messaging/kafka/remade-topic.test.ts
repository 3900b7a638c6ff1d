import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { LogRecorder, readWholeTopic, realServerUrl, remakeTopic, waitUntil } from '../../testing/index.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

const url = realServerUrl('kafka') ?? '';
const numbered = (count: number): string[] => Array.from({ length: count }, (_, number) => `line ${number}`);

test.runIf(url)(
  'a topic that was made anew while its reader was busy is asked for again, and read from its start',
  async () => {
    const topic = `remade-${randomUUID()}`;
    const log = await openKafkaEventLog(url, { group: topic, sessionTimeoutMs: 30_000 });
    const goOn = Promise.withResolvers<void>();
    try {
      await log.ensureTopic(topic, 1);
      await log.append(topic, numbered(30));
      const recorder = new LogRecorder();
      const read = { until: 0 };
      recorder.start = ({ high }) => (high < read.until ? 0 : read.until);
      recorder.handle = async ({ lines }) => {
        read.until = lines.at(-1)!.offset + 1;
        // In hand for as long as the topic is away: so no fetch finds it gone.
        if (recorder.asked.length === 1) await goOn.promise;
      };
      await log.follow(topic, recorder);
      await waitUntil('all are in hand', () => read.until === 30);
      await remakeTopic(url, topic, 1);
      await log.append(topic, ['new 0', 'new 1', 'new 2']);
      goOn.resolve();
      await waitUntil('the new lines', () => recorder.texts().includes('new 2'));
      expect(recorder.texts()).toEqual([...numbered(30), 'new 0', 'new 1', 'new 2']);
      expect(recorder.asked.map(({ high }) => high)).toEqual([30, 3]);
    } finally {
      goOn.resolve();
      await log.close();
    }
  },
);

test.runIf(url)(
  'a whole topic is read back, each partition in order, and nothing of what comes after the call',
  async () => {
    const topic = `whole-${randomUUID()}`;
    const log = await openKafkaEventLog(url);
    try {
      await log.ensureTopic(topic, 2);
      await log.append(topic, numbered(1_500), { partition: 0 });
      await log.append(topic, ['one'], { partition: 1 });
      const found: string[][] = [[], []];
      const lines = await readWholeTopic(url, topic, ({ partition, offset, bytes }) => {
        expect(offset).toBe(found[partition].push(Buffer.from(bytes).toString()) - 1);
      });
      expect(lines).toBe(1_501);
      expect(found).toEqual([numbered(1_500), ['one']]);
    } finally {
      await log.close();
    }
  },
);
