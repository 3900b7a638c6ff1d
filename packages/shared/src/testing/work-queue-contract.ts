import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Track } from '../contracts/index.ts';
import { attemptsMax } from '../messaging/index.ts';
import type { WorkQueue } from '../messaging/index.ts';
import { JobRecorder, onceEach, openGate, type TestJob } from './job-recorder.ts';
import { waitUntil } from './wait-until.ts';
import { workQueueLimits, type WorkQueueSubject } from './work-queue-limits.ts';
import { workQueueTurns } from './work-queue-turns.ts';

const budgetMs = 30_000;

/** The definition of `WorkQueue`, for every adapter. */
export function workQueueContract(subject: WorkQueueSubject): void {
  const { name, open, features } = subject;
  describe(`work queue: ${name}`, () => {
    let queue: WorkQueue<TestJob>;
    let recorder: JobRecorder;
    beforeEach(async () => {
      queue = await open();
      recorder = new JobRecorder();
    });
    afterEach(() => queue.close());

    const publish = async (from: number, to: number, slot: Track = 'stable') => {
      for (let id = from; id < to; id++) await queue.publish(slot, { id }, { budgetMs });
    };
    const consume = (concurrency = 100, slot: Track = 'stable') =>
      queue.consume(slot, { concurrency }, recorder.handler);
    const letters = async (count: number) => {
      await waitUntil(`${count} dead letters`, async () => (await queue.deadLetters(100)).length === count);
      return queue.deadLetters(100);
    };

    test('says what it can, and is up', () => {
      expect(queue.features).toEqual(features);
      expect(queue.isUp()).toBe(true);
    });

    test('every job comes once, in order, as a first attempt with its budget', async () => {
      await consume();
      await publish(0, 500);
      await waitUntil('all jobs', () => recorder.ids.length >= 500);
      expect(onceEach(recorder.ids, 500)).toEqual({ missing: [], doubled: [] });
      expect(recorder.ids).toEqual(Array.from({ length: 500 }, (_, id) => id));
      expect(recorder.deliveries.every(({ attempt }) => attempt === 1)).toBe(true);
      expect(recorder.deliveries.every(({ budgetLeftMs }) => budgetLeftMs > 0 && budgetLeftMs <= budgetMs)).toBe(true);
      expect(await queue.deadLetters(10)).toEqual([]);
    });

    test('a job is a copy of what was published', async () => {
      const job: TestJob = { id: 1, tags: ['a'] };
      const sent = queue.publish('stable', job, { budgetMs });
      job.tags?.push('changed later');
      await sent;
      await consume();
      await waitUntil('the job', () => recorder.ids.length === 1);
      expect(recorder.deliveries[0]?.job).toEqual({ id: 1, tags: ['a'] });
      expect(recorder.deliveries[0]?.job).not.toBe(job);
    });

    test('slots do not mix', async () => {
      await consume(10, 'canary');
      await publish(0, 3, 'stable');
      await publish(7, 8, 'canary');
      await waitUntil('the canary job', () => recorder.ids.length > 0);
      expect(recorder.ids).toEqual([7]);
      expect((await queue.depth('stable')).ready).toBe(3);
    });

    test('a job past its budget is never delivered', async () => {
      await queue.publish('stable', { id: 1 }, { budgetMs: 30 });
      await queue.publish('stable', { id: 2 }, { budgetMs: 0 });
      await queue.publish('stable', { id: 3 }, { budgetMs });
      const published = performance.now();
      await waitUntil('the first is past', () => performance.now() - published > 60);
      await waitUntil('only the last waits', async () => (await queue.depth('stable')).ready === 1);
      await consume();
      await waitUntil('the last', () => recorder.ids.includes(3));
      expect(recorder.ids).toEqual([3]);
    });

    test('what has arrived comes in batches, at most `concurrency` in hand', async () => {
      const { gate, open } = openGate();
      recorder.gate = gate;
      await publish(0, 50);
      await consume(8);
      await waitUntil('eight in hand', () => recorder.inHand === 8);
      open();
      await waitUntil('all jobs', () => recorder.ids.length >= 50);
      expect(onceEach(recorder.ids, 50)).toEqual({ missing: [], doubled: [] });
      expect(recorder.mostInHand).toBe(8);
      expect(recorder.batches.length).toBeLessThan(50);
    });

    test('two consumers share the jobs', async () => {
      const other = new JobRecorder();
      await consume(5);
      await queue.consume('stable', { concurrency: 5 }, other.handler);
      await publish(0, 200);
      await waitUntil('all jobs', () => recorder.ids.length + other.ids.length >= 200);
      expect(onceEach([...recorder.ids, ...other.ids], 200)).toEqual({ missing: [], doubled: [] });
      expect(Math.min(recorder.ids.length, other.ids.length)).toBeGreaterThan(0);
    });

    test('retry comes again, marked and alone, with what is left of its budget', async () => {
      recorder.verdict = ({ job, attempt }) => (job.id % 2 === 0 && attempt === 1 ? 'retry' : 'done');
      await publish(0, 10);
      await consume();
      await waitUntil('the retries', () => recorder.ids.length >= 15);
      const again = recorder.deliveries.filter(({ attempt }) => attempt === 2);
      expect(again.map(({ job }) => job.id).sort()).toEqual([0, 2, 4, 6, 8]);
      expect(
        recorder.batches.filter((batch) => batch.some(({ attempt }) => attempt > 1)).every((b) => b.length === 1),
      ).toBe(true);
      expect(again.every(({ budgetLeftMs }) => budgetLeftMs <= budgetMs)).toBe(true);
      await waitUntil('nothing waits', async () => (await queue.depth('stable')).ready === 0);
      expect(recorder.ids.length).toBe(15);
    });

    test('a retry past its budget does not come', async () => {
      const { gate, open } = openGate();
      recorder.gate = gate;
      recorder.verdict = ({ job }) => (job.id === 1 ? 'retry' : 'done');
      await consume();
      await queue.publish('stable', { id: 1 }, { budgetMs: 40 });
      await waitUntil('in hand', () => recorder.inHand === 1);
      const taken = performance.now();
      await waitUntil('its budget is over', () => performance.now() - taken > 60);
      open();
      await publish(5, 6);
      await waitUntil('a later job', () => recorder.ids.includes(5));
      expect(recorder.ids).toEqual([1, 5]);
      expect(await queue.deadLetters(10)).toEqual([]);
    });

    test('a handler that throws, or gives too few verdicts, means retry for its whole batch', async () => {
      let thrown = 0;
      await publish(0, 3);
      await queue.consume('stable', { concurrency: 10 }, async (batch) => {
        await recorder.handler(batch);
        if (batch.some(({ attempt }) => attempt === 1) && thrown++ < 3) throw new Error('planted');
        return batch.some(({ attempt }) => attempt === 2) ? [] : batch.map(() => 'done');
      });
      await waitUntil('third attempts', () => recorder.deliveries.filter(({ attempt }) => attempt === 3).length === 3);
      expect([1, 2, 3].map((n) => recorder.deliveries.filter(({ attempt }) => attempt === n).length)).toEqual([
        3, 3, 3,
      ]);
      await waitUntil('settled', async () => (await queue.depth('stable')).ready === 0);
      expect(await queue.deadLetters(10)).toEqual([]);
    });

    test('a job that fails its third attempt is a dead letter with the reason, and the others are done', async () => {
      recorder.verdict = ({ job }) => (job.id === 4 ? 'retry' : 'done');
      await publish(0, 10);
      await consume();
      const dead = await letters(1);
      expect(dead).toEqual([
        { slot: 'stable', job: { id: 4 }, reason: expect.stringContaining('failed 3 times'), attempts: attemptsMax },
      ]);
      expect(onceEach(recorder.ids, 10)).toEqual({ missing: [], doubled: [4] });
      expect(recorder.ids.filter((id) => id === 4).length).toBe(attemptsMax);
    });

    test('a rejected job is a dead letter at once, and looking leaves it there', async () => {
      recorder.verdict = ({ job }) => (job.id > 0 ? { reject: `no such user ${job.id}` } : 'done');
      await publish(0, 3, 'canary');
      await consume(10, 'canary');
      const dead = await letters(2);
      expect(dead.map(({ slot, job, reason, attempts }) => [slot, job?.id, reason, attempts])).toEqual([
        ['canary', 1, 'no such user 1', 1],
        ['canary', 2, 'no such user 2', 1],
      ]);
      expect((await queue.deadLetters(1)).length).toBe(1);
      expect((await letters(2)).length).toBe(2);
      expect(recorder.ids).toEqual([0, 1, 2]);
    });

    test('depth tells what waits, who takes, and what is in hand where it can', async () => {
      await publish(0, 20);
      await waitUntil('all wait', async () => (await queue.depth('stable')).ready === 20);
      expect(await queue.depth('stable')).toEqual({
        ready: 20,
        inHand: features.countsInHand ? 0 : null,
        consumers: 0,
      });
      const { gate, open } = openGate();
      recorder.gate = gate;
      const subscription = await consume(5);
      await waitUntil('five in hand', () => recorder.inHand === 5);
      await waitUntil('fifteen wait', async () => (await queue.depth('stable')).ready === 15);
      expect(await queue.depth('stable')).toEqual({
        ready: 15,
        inHand: features.countsInHand ? 5 : null,
        consumers: 1,
      });
      open();
      await subscription.stop();
      await waitUntil('nobody takes', async () => (await queue.depth('stable')).consumers === 0);
    });
  });

  workQueueLimits(subject);
  workQueueTurns(subject);
}
