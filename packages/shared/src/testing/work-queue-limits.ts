import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Track } from '../contracts/index.ts';
import { queueLengthMax, type WorkQueue, type WorkQueueFeatures } from '../messaging/index.ts';
import { JobRecorder, onceEach, openGate, type TestJob } from './job-recorder.ts';
import { waitUntil } from './wait-until.ts';

export interface WorkQueueSubject {
  name: string;
  /** A queue without jobs and dead letters. */
  open(): Promise<WorkQueue<TestJob>>;
  features: WorkQueueFeatures;
}

const budgetMs = 30_000;

/** The part of the definition of `WorkQueue` that tells how it ends and what it refuses. */
export function workQueueLimits({ name, open }: WorkQueueSubject): void {
  describe(`work queue, limits and end: ${name}`, () => {
    let queue: WorkQueue<TestJob>;
    let recorder: JobRecorder;
    beforeEach(async () => {
      queue = await open();
      recorder = new JobRecorder();
    });
    afterEach(() => queue.close());

    const publish = async (from: number, to: number) => {
      for (let id = from; id < to; id++) await queue.publish('stable', { id }, { budgetMs });
    };
    const consume = (concurrency = 100, slot: Track = 'stable') =>
      queue.consume(slot, { concurrency }, recorder.handler);

    test('a queue is bounded: the oldest go', async () => {
      const extra = 25;
      const small = { budgetMs: 120_000 };
      for (let id = 0; id < queueLengthMax + extra; id++) {
        await queue.publish('canary', { id }, small);
        if (id % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await waitUntil('a full queue', async () => (await queue.depth('canary')).ready === queueLengthMax);
      await consume(500, 'canary');
      await waitUntil('the newest', () => recorder.ids.includes(queueLengthMax + extra - 1));
      expect(recorder.ids.length).toBe(queueLengthMax);
      expect(recorder.ids[0]).toBe(extra);
    });

    test('stop takes nothing new and waits for the handler; what waits is for the next', async () => {
      const { gate, open } = openGate();
      recorder.gate = gate;
      const subscription = await consume(2);
      await publish(0, 6);
      await waitUntil('two in hand', () => recorder.inHand === 2);
      let stopped = false;
      const stopping = subscription.stop().then(() => (stopped = true));
      await publish(6, 8);
      expect(stopped).toBe(false);
      open();
      await stopping;
      expect(recorder.inHand).toBe(0);
      const soFar = recorder.ids.length;
      const rest = new JobRecorder();
      await queue.consume('stable', { concurrency: 10 }, rest.handler);
      await waitUntil('the rest', () => soFar + rest.ids.length >= 8);
      expect(onceEach([...recorder.ids, ...rest.ids], 8)).toEqual({ missing: [], doubled: [] });
      expect(recorder.ids.length).toBe(soFar);
    });

    test('close waits for handlers; afterwards everything throws PORT_CLOSED', async () => {
      const { gate, open } = openGate();
      recorder.gate = gate;
      await consume();
      await publish(0, 3);
      await waitUntil('in hand', () => recorder.inHand === 3);
      let closed = false;
      const closing = queue.close().then(() => (closed = true));
      await new Promise((resolve) => setImmediate(resolve));
      expect(closed).toBe(false);
      open();
      await closing;
      await queue.close();
      expect(recorder.inHand).toBe(0);
      expect(queue.isUp()).toBe(false);
      const calls = [
        queue.publish('stable', { id: 1 }, { budgetMs }),
        queue.consume('stable', { concurrency: 1 }, recorder.handler),
        queue.depth('stable'),
        queue.deadLetters(1),
      ];
      for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'PORT_CLOSED' });
    });

    test('a job without a JSON form is refused at publish', async () => {
      const round: Record<string, unknown> = {};
      round.self = round;
      const sent = queue.publish('stable', round as unknown as TestJob, { budgetMs });
      await expect(sent).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    });
  });
}
