import { expect, test } from 'vitest';
import type { Delivery, Verdict } from '@reelay/shared/messaging';
import { createManualClock, openGate } from '@reelay/shared/testing';
import { joinBatches } from './join-batches.ts';

const batchOf = (ids: number[], attempt = 1): Delivery<number>[] =>
  ids.map((job) => ({ job, attempt, budgetLeftMs: 350, takenAtMs: 0 }));

/** Takes down what came together; each job's verdict names it. */
function gated() {
  const { gate, open } = openGate();
  const clock = createManualClock();
  const calls: number[][] = [];
  const together = async (batch: Delivery<number>[]): Promise<Verdict[]> => {
    calls.push(batch.map(({ job }) => job));
    await gate;
    return batch.map(({ job }): Verdict => ({ reject: `${job}` }));
  };
  return { handle: joinBatches(together, { clock }), calls, open, clock };
}

const verdictsOf = (ids: number[]): Verdict[] => ids.map((id) => ({ reject: `${id}` }));

test('what comes to an idle worker is taken up at once, what comes just behind it is joined, in order', async () => {
  const { handle, calls, open, clock } = gated();
  const parts = [[1, 2], [3], [4], [5, 6]];
  const handled = parts.map((ids) => handle(batchOf(ids)));
  clock.advance(3);
  expect(calls).toEqual([[1, 2]]);
  clock.advance(1);
  expect(calls).toEqual([
    [1, 2],
    [3, 4, 5, 6],
  ]);
  open();
  expect(await Promise.all(handled)).toEqual(parts.map(verdictsOf));
  clock.advance(4);
  await handle(batchOf([8]));
  expect(calls.at(-1)).toEqual([8]);
});

test('what comes while two are at work begins when one of them ends', async () => {
  const { handle, calls, open, clock } = gated();
  const first = [handle(batchOf([1])), handle(batchOf([2]))];
  clock.advance(4);
  const last = [handle(batchOf([3])), handle(batchOf([4]))];
  clock.advance(4);
  expect(calls).toEqual([[1], [2]]);
  open();
  await Promise.all(first);
  expect(await Promise.all(last)).toEqual([[3], [4]].map(verdictsOf));
  expect(calls).toEqual([[1], [2], [3, 4]]);
});

test('one that ends early does not make the next batches small', async () => {
  const calls: number[] = [];
  const clock = createManualClock();
  const together = async (batch: Delivery<number>[]): Promise<Verdict[]> => {
    calls.push(batch.length);
    return batch.map(() => 'done');
  };
  const handle = joinBatches(together, { clock });
  await handle(batchOf([1]));
  const handled = [2, 3, 4].map((id) => handle(batchOf([id])));
  clock.advance(4);
  await Promise.all(handled);
  expect(calls).toEqual([1, 3]);
});

test('later attempts stay alone and wait for nobody', () => {
  const { handle, calls, clock } = gated();
  for (const id of [1, 2, 3]) {
    void handle(batchOf([id]));
    clock.advance(4);
  }
  void handle(batchOf([4], 2));
  expect(calls).toEqual([[1], [2], [4]]);
});

test('two that hang hold nobody up for longer than 20 ms', () => {
  const { handle, calls, clock } = gated();
  for (const id of [1, 2]) {
    void handle(batchOf([id]));
    clock.advance(4);
  }
  for (const id of [3, 4]) void handle(batchOf([id]));
  clock.advance(19);
  expect(calls).toEqual([[1], [2]]);
  clock.advance(1);
  expect(calls).toEqual([[1], [2], [3, 4]]);
  void handle(batchOf([5]));
  clock.advance(20);
  expect(calls.at(-1)).toEqual([5]);
});

test('one of three that hang ends: there are still two, and what waits is not taken up by it', async () => {
  const gates = [1, 2, 3, 4].map(() => openGate());
  const calls: number[][] = [];
  const clock = createManualClock();
  const hanging = async (batch: Delivery<number>[]): Promise<Verdict[]> => {
    const { gate } = gates[calls.length];
    calls.push(batch.map(({ job }) => job));
    await gate;
    return batch.map(() => 'done');
  };
  const handle = joinBatches(hanging, { clock });
  const handled = [1, 2, 3].map((id) => {
    const part = handle(batchOf([id]));
    clock.advance(20);
    return part;
  });
  expect(calls).toEqual([[1], [2], [3]]);
  void handle(batchOf([4]));
  gates[0].open();
  await handled[0];
  // What follows an end is done by the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(19);
  expect(calls).toEqual([[1], [2], [3]]);
  clock.advance(1);
  expect(calls).toEqual([[1], [2], [3], [4]]);
});

test('a failure is that of the batches that were joined, and the next ones are handled', async () => {
  const calls: number[] = [];
  const together = async (batch: Delivery<number>[]): Promise<Verdict[]> => {
    calls.push(batch.length);
    await Promise.resolve();
    if (batch.some(({ job }) => job === 3)) throw new Error('planted');
    return batch.map(() => 'done');
  };
  const clock = createManualClock();
  const handle = joinBatches(together, { clock });
  const handled = [[1], [2], [3], [4, 5]].map((ids) => {
    const part = handle(batchOf(ids));
    clock.advance(4);
    return part;
  });
  const ended = await Promise.allSettled(handled);
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  expect(calls).toEqual([1, 1, 3]);
  clock.advance(4);
  expect(await handle(batchOf([6]))).toEqual(['done']);
});
