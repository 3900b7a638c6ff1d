import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attemptsMax, type WorkQueue } from '../messaging/index.ts';
import { JobRecorder, onceEach, openGate, type TestJob } from './job-recorder.ts';
import { waitUntil } from './wait-until.ts';
import type { WorkQueueSubject } from './work-queue-limits.ts';

const budgetMs = 30_000;

/** The part of the definition of `WorkQueue` that tells of jobs published in one turn: however they travel, each is a job of its own. */
export function workQueueTurns({ name, open }: WorkQueueSubject): void {
  describe(`work queue, many in one turn: ${name}`, () => {
    let queue: WorkQueue<TestJob>;
    let recorder: JobRecorder;
    beforeEach(async () => {
      queue = await open();
      recorder = new JobRecorder();
    });
    afterEach(() => queue.close());

    const publish = (from: number, to: number, ms = budgetMs) =>
      Promise.all(
        Array.from({ length: to - from }, (_, at) => queue.publish('stable', { id: from + at }, { budgetMs: ms })),
      );
    const consume = (concurrency = 100) => queue.consume('stable', { concurrency }, recorder.handler);
    const nothingWaits = () => waitUntil('nothing waits', async () => (await queue.depth('stable')).ready === 0);

    test('each comes once, in order, and never more than `concurrency` are in hand', async () => {
      const { gate, open } = openGate();
      recorder.gate = gate;
      await publish(0, 100);
      await consume(5);
      await waitUntil('five in hand', () => recorder.inHand === 5);
      open();
      await waitUntil('all jobs', () => recorder.ids.length >= 100);
      expect(onceEach(recorder.ids, 100)).toEqual({ missing: [], doubled: [] });
      expect(recorder.ids).toEqual(Array.from({ length: 100 }, (_, id) => id));
      expect(recorder.mostInHand).toBe(5);
      await nothingWaits();
    });

    test('what waits is seen', async () => {
      await publish(0, 30);
      await waitUntil('some wait', async () => (await queue.depth('stable')).ready > 0);
      expect((await queue.depth('stable')).ready).toBeLessThanOrEqual(30);
    });

    test('each has a verdict of its own: retried alone, rejected, given up, done', async () => {
      recorder.verdict = ({ job, attempt }) => {
        if (job.id === 3) return { reject: 'no such user' };
        return job.id === 7 || (job.id === 5 && attempt === 1) ? 'retry' : 'done';
      };
      await publish(0, 20);
      await consume();
      await waitUntil('dead letters', async () => (await queue.deadLetters(10)).length === 2);
      await waitUntil('the retries', () => recorder.ids.length >= 23);
      await nothingWaits();
      const letters = (await queue.deadLetters(10)).sort((a, b) => (a.job?.id ?? 0) - (b.job?.id ?? 0));
      expect(letters).toEqual([
        { slot: 'stable', job: { id: 3 }, reason: 'no such user', attempts: 1 },
        { slot: 'stable', job: { id: 7 }, reason: expect.stringContaining('failed 3 times'), attempts: attemptsMax },
      ]);
      const attempts = (id: number) => recorder.deliveries.filter(({ job }) => job.id === id).map((one) => one.attempt);
      expect([3, 5, 7, 9].map(attempts)).toEqual([[1], [1, 2], [1, 2, 3], [1]]);
      expect(
        recorder.batches.filter((batch) => batch.some(({ attempt }) => attempt > 1)).every((b) => b.length === 1),
      ).toBe(true);
    });

    test('each has a budget of its own', async () => {
      await Promise.all([publish(0, 3), publish(3, 6, 30), publish(6, 9)]);
      const published = performance.now();
      await waitUntil('the short ones are past', () => performance.now() - published > 60);
      await consume();
      await waitUntil('the others', () => recorder.ids.includes(8));
      expect(recorder.ids).toEqual([0, 1, 2, 6, 7, 8]);
    });

    test('a job whose budget ends while others are in hand is not delivered', async () => {
      const { gate, open } = openGate();
      recorder.gate = gate;
      await consume(1);
      await publish(0, 4, 60);
      await waitUntil('one in hand', () => recorder.inHand === 1);
      const taken = performance.now();
      await waitUntil('the others are past', () => performance.now() - taken > 90);
      open();
      await publish(4, 5);
      await waitUntil('a later job', () => recorder.ids.includes(4));
      expect(recorder.ids).toEqual([0, 4]);
      expect(await queue.deadLetters(10)).toEqual([]);
    });

    test('a consumer that stops in the middle leaves none behind', async () => {
      const { gate, open } = openGate();
      recorder.gate = gate;
      const subscription = await consume(2);
      await publish(0, 20);
      await waitUntil('two in hand', () => recorder.inHand === 2);
      const stopping = subscription.stop();
      open();
      await stopping;
      const rest = new JobRecorder();
      await queue.consume('stable', { concurrency: 10 }, rest.handler);
      await waitUntil('the rest', () => recorder.ids.length + rest.ids.length >= 20);
      expect(onceEach([...recorder.ids, ...rest.ids], 20)).toEqual({ missing: [], doubled: [] });
      await nothingWaits();
    });

    test('a handler that throws means retry for its whole batch', async () => {
      await publish(0, 10);
      await queue.consume('stable', { concurrency: 20 }, async (batch) => {
        await recorder.handler(batch);
        if (batch.some(({ attempt }) => attempt === 1)) throw new Error('planted');
        return batch.map(() => 'done');
      });
      await waitUntil(
        'second attempts',
        () => recorder.deliveries.filter(({ attempt }) => attempt === 2).length === 10,
      );
      await nothingWaits();
      expect(recorder.ids.length).toBe(20);
    });
  });
}
