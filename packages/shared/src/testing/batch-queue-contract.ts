import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unconfirmedMax, type Batch, type BatchQueue, type BatchQueueFeatures } from '../messaging/index.ts';
import { onceEach, openGate } from './job-recorder.ts';
import { waitUntil } from './wait-until.ts';

export interface BatchQueueSubject {
  name: string;
  /** An open queue that nobody else uses. */
  open: () => Promise<BatchQueue>;
  features: BatchQueueFeatures;
}

const aBatch = (number: number): Batch => ({ id: `batch-${number}`, body: Uint8Array.of(number & 255, 0, 255) });
const numberOf = ({ id }: Batch): number => Number(id.slice('batch-'.length));

/** The definition of `BatchQueue`, for every adapter. */
export function batchQueueContract({ name, open, features }: BatchQueueSubject): void {
  describe(`batch queue: ${name}`, () => {
    let queue: BatchQueue;
    let calls: Batch[][];
    const taken = (): number[] => calls.flat().map(numberOf);
    const take = async (batches: Batch[]) => {
      calls.push(batches);
      return batches.map(() => 'done' as const);
    };
    beforeEach(async () => {
      queue = await open();
      calls = [];
    });
    afterEach(() => queue.close());

    test('says what it can, and is up', () => {
      expect(queue.features).toEqual(features);
      expect(queue.isUp()).toBe(true);
    });

    test('every batch comes once, in order, with its id and its bytes, and is confirmed', async () => {
      await queue.consume('receipts', { inHand: 20 }, take);
      await Promise.all(Array.from({ length: 300 }, (_, at) => queue.publish('receipts', aBatch(at))));
      await waitUntil('all batches', () => taken().length >= 300);
      expect(onceEach(taken(), 300)).toEqual({ missing: [], doubled: [] });
      expect(taken()).toEqual(Array.from({ length: 300 }, (_, at) => at));
      expect(calls.flat().every((batch) => Buffer.from(batch.body).equals(aBatch(numberOf(batch)).body))).toBe(true);
      expect(calls.every((batches) => batches.length <= 20)).toBe(true);
    });

    test('what is published before anybody consumes waits', async () => {
      const published = [1, 2, 3].map((number) => queue.publish('feedback', aBatch(number)));
      if (features.survivesProcess) await Promise.all(published);
      await queue.consume('feedback', { inHand: 10 }, take);
      await Promise.all(published);
      await waitUntil('three batches', () => taken().length === 3);
    });

    test('kinds do not mix', async () => {
      await queue.consume('feedback', { inHand: 10 }, take);
      const waiting = queue.publish('receipts', aBatch(1)).catch(() => 'closed');
      await queue.publish('feedback', aBatch(2));
      await waitUntil('the feedback', () => taken().length > 0);
      expect(taken()).toEqual([2]);
      await queue.close();
      await waiting;
    });

    test('a handler that throws gets the same batches again, and nothing is lost', async () => {
      let failures = 0;
      await queue.consume('receipts', { inHand: 10 }, async (batches) => {
        if (failures++ < 2) throw new Error('planted');
        return take(batches);
      });
      await Promise.all([1, 2].map((number) => queue.publish('receipts', aBatch(number))));
      await waitUntil('both', () => taken().length >= 2);
      expect(taken()).toEqual([1, 2]);
      expect(failures).toBeGreaterThanOrEqual(3);
    });

    test('a batch without a verdict is not taken for done', async () => {
      let short = true;
      await queue.consume('receipts', { inHand: 10 }, async (batches) => {
        const verdicts = await take(batches);
        if (!short) return verdicts;
        short = false;
        return [];
      });
      await queue.publish('receipts', aBatch(7));
      await waitUntil('twice', () => taken().length === 2);
      expect(taken()).toEqual([7, 7]);
    });

    test('a rejected batch is kept apart with the reason, the others are done, and looking leaves it there', async () => {
      await queue.consume('receipts', { inHand: 10 }, async (batches) => {
        await take(batches);
        return batches.map((batch) => (numberOf(batch) === 2 ? { reject: 'no batch at all' } : 'done'));
      });
      await Promise.all([1, 2, 3].map((number) => queue.publish('receipts', aBatch(number))));
      await waitUntil('one rejected', async () => (await queue.rejected('receipts', 10)).length === 1);
      for (let look = 0; look < 2; look++) {
        const [{ batch, reason }] = await queue.rejected('receipts', 10);
        expect({ id: batch.id, body: [...batch.body], reason }).toEqual({
          ...aBatch(2),
          body: [...aBatch(2).body],
          reason: 'no batch at all',
        });
      }
      expect(await queue.rejected('feedback', 10)).toEqual([]);
      expect(taken()).toEqual([1, 2, 3]);
    });

    test('one call at a time; a stop waits for it, and what it did not take is there for the next consumer', async () => {
      const { gate, open: release } = openGate();
      let running = 0;
      let most = 0;
      const slow = await queue.consume('receipts', { inHand: 2 }, async (batches) => {
        most = Math.max(most, ++running);
        await gate;
        running--;
        return take(batches);
      });
      const published = Array.from({ length: 6 }, (_, at) => queue.publish('receipts', aBatch(at)));
      await waitUntil('in hand', () => running === 1);
      const stopped = slow.stop();
      release();
      await stopped;
      expect([running, most]).toEqual([0, 1]);
      const first = taken().length;
      expect(first).toBeLessThanOrEqual(2);
      await queue.consume('receipts', { inHand: 10 }, take);
      await Promise.all(published);
      await waitUntil('all', () => new Set(taken()).size === 6);
      expect(taken().length).toBe(6);
    });

    test(`at most ${unconfirmedMax} wait for their confirmation; the next is refused at once`, async () => {
      const outcomes = Array.from({ length: unconfirmedMax + 1 }, (_, at) =>
        queue.publish('receipts', aBatch(at)).then(
          () => 'confirmed',
          (error: { code?: string }) => error.code,
        ),
      );
      expect(await outcomes.at(-1)).toBe('QUEUE_DOWN');
      await queue.consume('receipts', { inHand: 100 }, take);
      const all = await Promise.all(outcomes);
      expect(all.filter((outcome) => outcome === 'confirmed').length).toBe(unconfirmedMax);
    });

    test('after close everything is refused, and it can be closed twice', async () => {
      await queue.close();
      await queue.close();
      expect(queue.isUp()).toBe(false);
      await expect(queue.publish('receipts', aBatch(1))).rejects.toMatchObject({ code: 'PORT_CLOSED' });
      await expect(queue.consume('receipts', { inHand: 1 }, take)).rejects.toMatchObject({ code: 'PORT_CLOSED' });
    });
  });
}
