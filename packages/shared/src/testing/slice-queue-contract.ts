import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { returnsMax, type SliceDelivery, type SliceQueue, type SliceQueueFeatures } from '../messaging/index.ts';
import { onceEach, openGate } from './job-recorder.ts';
import { waitUntil } from './wait-until.ts';

export interface SliceQueueSubject {
  name: string;
  /** An open queue that nobody else uses. */
  open: () => Promise<SliceQueue>;
  features: SliceQueueFeatures;
}

const aSlice = (sliceNo: number) => ({ jobId: 'job-1', sliceNo });

/** The definition of `SliceQueue`, for every adapter. */
export function sliceQueueContract({ name, open, features }: SliceQueueSubject): void {
  describe(`slice queue: ${name}`, () => {
    let queue: SliceQueue;
    let taken: SliceDelivery[];
    const numbers = (): number[] => taken.map(({ slice }) => slice.sliceNo);
    const take = async (delivery: SliceDelivery) => {
      taken.push(delivery);
      return 'done' as const;
    };
    const publish = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, sliceNo) => queue.publish(aSlice(sliceNo))));
    beforeEach(async () => {
      queue = await open();
      taken = [];
    });
    afterEach(() => queue.close());

    test('says what it can, and is up', () => {
      expect(queue.features).toEqual(features);
      expect(queue.isUp()).toBe(true);
    });

    test('every slice comes once, in order, and leaves nothing behind', async () => {
      await publish(50);
      await waitUntil('they wait', async () => (await queue.ready()) === 50);
      await queue.consume({ inHand: 2 }, take);
      await waitUntil('all', () => taken.length >= 50);
      expect(numbers()).toEqual(Array.from({ length: 50 }, (_, at) => at));
      expect(taken.every(({ slice, returns }) => slice.jobId === 'job-1' && returns === 0)).toBe(true);
      await waitUntil('none left', async () => (await queue.ready()) === 0);
      expect(await queue.deadLetters(10)).toEqual([]);
    });

    test('at most so many are in hand; what is not taken waits for another consumer', async () => {
      const { gate, open: release } = openGate();
      let running = 0;
      let most = 0;
      const hold = async (delivery: SliceDelivery) => {
        most = Math.max(most, ++running);
        await gate;
        running--;
        return take(delivery);
      };
      await queue.consume({ inHand: 2 }, hold);
      await publish(6);
      await waitUntil('two in hand', () => running === 2);
      await waitUntil('four wait', async () => (await queue.ready()) === 4);
      await queue.consume({ inHand: 1 }, hold);
      await waitUntil('three in hand', () => running === 3);
      release();
      await waitUntil('all', () => taken.length >= 6);
      expect(onceEach(numbers(), 6)).toEqual({ missing: [], doubled: [] });
      expect(most).toBe(3);
    });

    test('a slice that is given back comes again, and says how often; the others are not held up', async () => {
      await queue.consume({ inHand: 1 }, async (delivery) => {
        await take(delivery);
        return delivery.slice.sliceNo === 1 && delivery.returns < 2 ? 'again' : 'done';
      });
      await publish(3);
      await waitUntil('all', () => new Set(numbers()).size === 3 && taken.length === 5);
      expect(taken.filter(({ slice }) => slice.sliceNo === 1).map(({ returns }) => returns)).toEqual([0, 1, 2]);
    });

    test('a handler that throws gives its slice back', async () => {
      await queue.consume({ inHand: 1 }, async (delivery) => {
        await take(delivery);
        if (delivery.returns === 0) throw new Error('planted');
        return 'done';
      });
      await queue.publish(aSlice(7));
      await waitUntil('twice', () => taken.length === 2);
      expect(taken.map(({ returns }) => returns)).toEqual([0, 1]);
    });

    test(`after ${returnsMax} returns it is a dead letter and not delivered any more`, async () => {
      await queue.consume({ inHand: 1 }, async (delivery) => {
        await take(delivery);
        return delivery.slice.sliceNo === 0 ? 'again' : 'done';
      });
      await publish(2);
      await waitUntil('a dead letter', async () => (await queue.deadLetters(10)).length === 1);
      expect((await queue.deadLetters(10)).map(({ slice }) => slice)).toEqual([aSlice(0)]);
      expect(taken.filter(({ slice }) => slice.sliceNo === 0).map(({ returns }) => returns)).toEqual([0, 1, 2, 3]);
      expect(numbers()).toContain(1);
    });

    test('a rejected slice is a dead letter with the reason, and looking leaves it there', async () => {
      await queue.consume({ inHand: 1 }, async ({ slice }) =>
        slice.sliceNo === 1 ? { reject: 'no such job' } : 'done',
      );
      await publish(3);
      await waitUntil('a dead letter', async () => (await queue.deadLetters(10)).length === 1);
      for (let look = 0; look < 2; look++) {
        expect(await queue.deadLetters(10)).toEqual([{ slice: aSlice(1), reason: 'no such job' }]);
      }
    });

    test('a stop waits for what is in hand; the rest is there for the next consumer', async () => {
      const { gate, open: release } = openGate();
      let running = 0;
      const slow = await queue.consume({ inHand: 2 }, async (delivery) => {
        running++;
        await gate;
        running--;
        return take(delivery);
      });
      await publish(5);
      await waitUntil('in hand', () => running === 2);
      const stopped = slow.stop();
      release();
      await stopped;
      expect(running).toBe(0);
      const first = taken.length;
      expect(first).toBe(2);
      await queue.consume({ inHand: 5 }, take);
      await waitUntil('all', () => new Set(numbers()).size === 5);
      expect(taken.length).toBe(5);
    });

    test('after close everything is refused, and it can be closed twice', async () => {
      await queue.close();
      await queue.close();
      expect(queue.isUp()).toBe(false);
      for (const call of [queue.publish(aSlice(1)), queue.consume({ inHand: 1 }, take), queue.ready()]) {
        await expect(call).rejects.toMatchObject({ code: 'PORT_CLOSED' });
      }
    });
  });
}
