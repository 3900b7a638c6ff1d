import { expect, test } from 'vitest';
import { splitHoldOut } from './split-hold-out.ts';
import { snapshotOf } from './testing/snapshot-of.ts';
import { drawTasteData } from './testing/taste-data.ts';

const data = drawTasteData({ users: 40, items: 60, eventsPerUser: 10, seed: 3 });

test('every row is in exactly one part', async () => {
  const snapshot = await snapshotOf(data);
  const { train, test: held } = await splitHoldOut(snapshot);
  expect([...train, ...held].sort((a, b) => a - b)).toEqual([...data.interactions.keys()]);
});

test('of each user the newest fifth is left out', async () => {
  const snapshot = await snapshotOf(data);
  const { train, test: held } = await splitHoldOut(snapshot);
  for (let user = 0; user < 40; user += 1) {
    const timesOf = (part: Int32Array) =>
      Array.from(part)
        .filter((row) => snapshot.rows.user[row] === user)
        .map((row) => snapshot.rows.lastTime[row]);
    expect(timesOf(held)).toHaveLength(2);
    expect(Math.min(...timesOf(held))).toBeGreaterThanOrEqual(Math.max(...timesOf(train)));
  }
});

test('a user with two items stays in the training part, one with three gives one', async () => {
  const few = data.interactions.filter(({ userId }, at) => at % 10 < (userId === 1 ? 2 : 3));
  const snapshot = await snapshotOf({ ...data, interactions: few });
  const { test: held } = await splitHoldOut(snapshot);
  const heldUsers = Array.from(held, (row) => snapshot.rows.userIds[snapshot.rows.user[row]]);
  expect(heldUsers).toEqual(Array.from({ length: 39 }, (_, at) => at + 2));
});
