import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { logBatchMax, type EventLog } from '../messaging/index.ts';
import { LogRecorder } from './log-recorder.ts';
import { waitUntil } from './wait-until.ts';

export interface EventLogSubject {
  name: string;
  /** Another reader or writer of the same log. Subjects with groups put all of one test's into one group. */
  open(group: string): Promise<EventLog>;
  features: EventLog['features'];
}

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i}`);

/** The definition of `EventLog`, for every adapter. */
export function eventLogContract({ name, open, features }: EventLogSubject): void {
  describe(`event log: ${name}`, () => {
    let topic: string;
    let log: EventLog;
    let opened: EventLog[];
    const another = async (group = topic) => {
      const log = await open(group);
      opened.push(log);
      return log;
    };

    beforeEach(async () => {
      topic = `contract-${randomUUID()}`;
      opened = [];
      log = await another();
    });
    afterEach(async () => {
      await Promise.all(opened.map((log) => log.close()));
    });

    const follow = async (start?: LogRecorder['start']) => {
      const recorder = new LogRecorder();
      if (start) recorder.start = start;
      return { recorder, subscription: await log.follow(topic, recorder) };
    };

    test('says what it can', () => {
      expect(log.features).toEqual(features);
      expect(log.isUp()).toBe(true);
    });

    test('lines come back byte for byte, in order, whatever they are', async () => {
      await log.ensureTopic(topic, 1);
      const lines = [
        Buffer.from('plain'),
        Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
        Buffer.from('é ✓'),
        Buffer.alloc(70_000, 'x'),
      ];
      await log.append(topic, lines);
      await log.append(topic, ['text', '']);
      const { recorder } = await follow();
      await waitUntil('six lines', () => recorder.lines().length === 6);
      const expected = [...lines, Buffer.from('text'), Buffer.from('')].map((line) => line.toString('hex'));
      expect(recorder.lines().map((line) => Buffer.from(line.bytes).toString('hex'))).toEqual(expected);
      expect(recorder.offsets()).toEqual([0, 1, 2, 3, 4, 5]);
    });

    test('a batch is never empty, never too long, and knows how far the log goes', async () => {
      await log.ensureTopic(topic, 1);
      await log.append(topic, numbered(0, 12_000));
      const { recorder } = await follow();
      await waitUntil('all lines', () => recorder.lines().length === 12_000);
      expect(recorder.texts()).toEqual(numbered(0, 12_000));
      for (const { lines, highWatermark } of recorder.batches) {
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.length).toBeLessThanOrEqual(logBatchMax);
        expect(highWatermark).toBeGreaterThan(lines.at(-1)!.offset);
      }
    });

    test('a line appended by another process is followed', async () => {
      await log.ensureTopic(topic, 1);
      const { recorder } = await follow();
      await (await another()).append(topic, ['from elsewhere']);
      await waitUntil('the line', () => recorder.lines().length === 1);
      expect(recorder.texts()).toEqual(['from elsewhere']);
    });

    test('the follower decides where to read from, and is told the range', async () => {
      await log.ensureTopic(topic, 1);
      await log.append(topic, numbered(0, 10));
      const { recorder } = await follow(() => 7);
      await waitUntil('the last three', () => recorder.lines().length === 3);
      expect(recorder.texts()).toEqual(numbered(7, 10));
      expect(recorder.asked).toEqual([{ partition: 0, low: 0, high: 10 }]);
    });

    test.each([
      ['below', -5, numbered(0, 4)],
      ['above', 99, ['later']],
    ])('a position %s the range is moved to the nearest end', async (_where, position, expected) => {
      await log.ensureTopic(topic, 1);
      await log.append(topic, numbered(0, 4));
      const { recorder } = await follow(() => position);
      await waitUntil('asked', () => recorder.asked.length > 0);
      await log.append(topic, ['later']);
      await waitUntil('the line appended later', () => recorder.texts().includes('later'));
      expect(recorder.texts().slice(0, expected.length)).toEqual(expected);
    });

    test('partitions keep their own order, and an append without one goes round', async () => {
      await log.ensureTopic(topic, 2);
      await log.append(topic, numbered(0, 5), { partition: 1 });
      await log.append(topic, numbered(5, 9), { partition: 0 });
      const { recorder } = await follow();
      await waitUntil('both', () => recorder.lines(0).length === 4 && recorder.lines(1).length === 5);
      expect(recorder.texts(1)).toEqual(numbered(0, 5));
      expect(recorder.texts(0)).toEqual(numbered(5, 9));
      for (let call = 0; call < 4; call += 1) await log.append(topic, ['turn']);
      await waitUntil('the turns', () => recorder.lines(0).length === 6 && recorder.lines(1).length === 7);
    });

    test('a handler that throws gets the same lines again, and holds up nobody else', async () => {
      await log.ensureTopic(topic, 2);
      const recorder = new LogRecorder();
      let failures = 0;
      recorder.handle = ({ partition }) => {
        if (partition === 0 && (recorder.lines(1).length < 3 || failures < 2)) {
          failures += 1;
          throw new Error('planted');
        }
      };
      await log.append(topic, numbered(0, 3), { partition: 0 });
      await log.follow(topic, recorder);
      await waitUntil('a failure', () => failures > 0);
      await log.append(topic, numbered(3, 6), { partition: 1 });
      await waitUntil('the other partition', () => recorder.lines(1).length === 3);
      await waitUntil('the failed one', () => recorder.lines(0).length === 3);
      expect(recorder.texts(0)).toEqual(numbered(0, 3));
      expect(failures).toBeGreaterThanOrEqual(2);
    });

    test('resumeAt makes the reader go on from another offset', async () => {
      await log.ensureTopic(topic, 1);
      const recorder = new LogRecorder();
      let rewound = false;
      recorder.handle = ({ lines }) => {
        if (rewound || lines.at(-1)!.offset < 4) return;
        rewound = true;
        return { resumeAt: 2 };
      };
      await log.append(topic, numbered(0, 5));
      await log.follow(topic, recorder);
      await waitUntil('the repetition', () => recorder.lines().length >= 8);
      expect(recorder.offsets()).toEqual([0, 1, 2, 3, 4, 2, 3, 4]);
    });

    test('restart asks again where to read from', async () => {
      await log.ensureTopic(topic, 1);
      await log.append(topic, numbered(0, 5));
      const { recorder, subscription } = await follow();
      await waitUntil('five', () => recorder.lines().length === 5);
      recorder.start = () => 3;
      subscription.restart(0);
      subscription.restart(17);
      await waitUntil('the last two again', () => recorder.lines().length === 7);
      expect(recorder.offsets()).toEqual([0, 1, 2, 3, 4, 3, 4]);
      expect(recorder.asked).toHaveLength(2);
    });

    test('a `from` that fails is asked again', async () => {
      await log.ensureTopic(topic, 1);
      await log.append(topic, ['only']);
      const recorder = new LogRecorder();
      recorder.start = ({ low }) => {
        if (recorder.asked.length < 3) throw new Error('planted');
        return low;
      };
      await log.follow(topic, recorder);
      await waitUntil('the line', () => recorder.lines().length === 1);
      expect(recorder.asked.length).toBe(3);
    });

    test('ranges make nothing, and grow with what is appended', async () => {
      expect(await log.ranges(topic)).toEqual([]);
      expect(await log.ranges(topic)).toEqual([]);
      await log.ensureTopic(topic, 2);
      await log.append(topic, numbered(0, 3), { partition: 1 });
      expect(await log.ranges(topic)).toEqual([
        { partition: 0, low: 0, high: 0 },
        { partition: 1, low: 0, high: 3 },
      ]);
    });

    test('a topic that is there keeps its partitions and lines', async () => {
      await log.ensureTopic(topic, 2);
      await log.append(topic, numbered(0, 3), { partition: 0 });
      await log.ensureTopic(topic, 5);
      expect(await log.ranges(topic)).toHaveLength(2);
      expect((await log.ranges(topic))[0].high).toBe(3);
    });

    test('an append to what is not there is told', async () => {
      await expect(log.append(topic, ['lost'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await log.ensureTopic(topic, 1);
      await expect(log.append(topic, ['lost'], { partition: 1 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await log.append(topic, []);
      expect(await log.ranges(topic)).toEqual([{ partition: 0, low: 0, high: 0 }]);
    });

    test('a reader waits for a topic that is not there yet', async () => {
      const { recorder } = await follow();
      await log.ensureTopic(topic, 1);
      await log.append(topic, ['first']);
      await waitUntil('the line', () => recorder.lines().length === 1);
    });

    test('stop waits for the handler in hand and gives nothing afterwards', async () => {
      await log.ensureTopic(topic, 1);
      const gate = Promise.withResolvers<void>();
      const recorder = new LogRecorder();
      let inHand = 0;
      recorder.handle = async () => {
        inHand += 1;
        await gate.promise;
      };
      const subscription = await log.follow(topic, recorder);
      await log.append(topic, ['in hand']);
      await waitUntil('in hand', () => inHand === 1);
      let stopped = false;
      const stopping = subscription.stop().then(() => (stopped = true));
      await log.append(topic, ['too late']);
      expect(stopped).toBe(false);
      gate.resolve();
      await stopping;
      expect(recorder.texts()).toEqual(['in hand']);
      await subscription.stop();
    });

    test('a closed log says so', async () => {
      const closed = await another();
      await closed.close();
      await closed.close();
      expect(closed.isUp()).toBe(false);
      for (const call of [
        () => closed.append(topic, ['x']),
        () => closed.ranges(topic),
        () => closed.ensureTopic(topic, 1),
        () => closed.follow(topic, new LogRecorder()),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'PORT_CLOSED' });
      }
    });

    test(
      features.groups ? 'readers of a group share the partitions' : 'every reader reads every partition',
      async () => {
        await log.ensureTopic(topic, 2);
        const [first, second] = [new LogRecorder(), new LogRecorder()];
        const subscription = await log.follow(topic, first);
        await waitUntil('the first has both', () => new Set(first.asked.map((range) => range.partition)).size === 2);
        await (await another()).follow(topic, second);
        const expected = features.groups ? 1 : 2;
        await waitUntil('the second has its part', () => second.asked.length >= expected);
        if (features.groups) expect(first.revoked.length).toBeGreaterThan(0);
        await subscription.stop();
        await waitUntil('the second has both', () => new Set(second.asked.map((range) => range.partition)).size === 2);
        for (const partition of [0, 1]) await log.append(topic, ['for both'], { partition });
        await waitUntil('both lines', () => second.texts(0).length === 1 && second.texts(1).length === 1);
      },
    );
  });
}
