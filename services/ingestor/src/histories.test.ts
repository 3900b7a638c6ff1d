import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHistories, type Histories } from '@reelay/shared/messaging';
import { waitUntil } from '@reelay/shared/testing';
import { inventLines } from './testing/invent-lines.ts';
import { openIngestWorld, testTopic, type IngestWorld } from './testing/open-ingest-world.ts';

let world: IngestWorld;
beforeEach(async () => {
  world = await openIngestWorld();
  await world.eventLog.ensureTopic(testTopic, 1);
});
afterEach(() => world.close());

/** A store that can be taken away and emptied. */
async function fickleHistories(): Promise<Histories & { up: boolean; empty(): Promise<void> }> {
  let inner = await openHistories('memory:');
  const fickle = {
    up: true,
    empty: async () => {
      inner = await openHistories('memory:');
    },
    isUp: () => fickle.up,
    close: () => inner.close(),
  };
  const guard = <
    Name extends 'merge' | 'read' | 'version' | 'isComplete' | 'markComplete' | 'markRebuilt' | 'takeWanted',
  >(
    name: Name,
  ) =>
    (async (...values: unknown[]) => {
      if (!fickle.up) throw new Error('the store is away');
      return (inner[name] as (...values: unknown[]) => Promise<unknown>)(...values);
    }) as Histories[Name];
  return Object.assign(fickle, {
    merge: guard('merge'),
    read: guard('read'),
    version: guard('version'),
    isComplete: guard('isComplete'),
    markComplete: guard('markComplete'),
    markRebuilt: guard('markRebuilt'),
    takeWanted: guard('takeWanted'),
  });
}

const watch = (user: number, movie: string, minute: number) =>
  `2031-05-06T07:0${minute}:00,${user},GET /data/m/${movie}/${minute}.mpg`;
const rate = (user: number, movie: string) => `2031-05-06T08:00:00,${user},GET /rate/${movie}=4`;
/** minutes and rating by item, of one user. */
const known = async (histories: Histories, user: number) => {
  const [history] = await histories.read([user]);
  return { state: history.state, entries: history.entries.map((entry) => [entry.minutes, entry.rating]).sort() };
};

describe('histories', () => {
  test('are merged at once, long before a flush', async () => {
    const ingestor = await world.another();
    await ingestor.start();
    await waitUntil('complete', () => world.histories.isComplete());
    await world.eventLog.append(testTopic, [
      watch(7, 'a+1999', 0),
      watch(7, 'a+1999', 1),
      rate(7, 'a+1999'),
      rate(7, 'b+1999'),
    ]);
    await waitUntil('both items', async () => (await known(world.histories, 7)).entries.length === 2);
    expect(await known(world.histories, 7)).toEqual({
      state: 'known',
      entries: [
        [0, 4],
        [2, 4],
      ],
    });
    expect((await world.ledger.counts()).lines.received).toBe(0);
  });

  test('a store that was away gets what it missed: from the ledger and from the open window', async () => {
    const histories = await fickleHistories();
    const ingestor = await world.another({ histories });
    await ingestor.start();
    await waitUntil('complete', () => histories.isComplete());
    histories.up = false;
    await world.eventLog.append(testTopic, [watch(7, 'a+1999', 0)]);
    await waitUntil('gathered', () => ingestor.state().gathered === 1);
    await ingestor.flush();
    await world.eventLog.append(testTopic, [watch(7, 'b+1999', 0), watch(8, 'b+1999', 0)]);
    await waitUntil('gathered', () => ingestor.state().gathered === 2);
    histories.up = true;
    await waitUntil('both items', async () => (await known(histories, 7)).entries.length === 2);
    expect(await known(histories, 8)).toEqual({ state: 'known', entries: [[1, 0]] });
  });

  test('an emptied store is rebuilt, and is lost until then', async () => {
    const histories = await fickleHistories();
    const ingestor = await world.another({ histories });
    await ingestor.start();
    await world.eventLog.append(testTopic, inventLines(2_000));
    await ingestor.drained(testTopic, 30_000);
    const users = [1, 132, 263];
    await waitUntil('complete', () => histories.isComplete());
    const items = async () =>
      (await histories.read(users)).map((history) => history.entries.map((entry) => entry.itemId));
    const before = await items();
    expect(before.every((entries) => entries.length > 0)).toBe(true);
    await world.eventLog.append(testTopic, [watch(1, 'only+in+the+window+2000', 0)]);
    await waitUntil('gathered', () => ingestor.state().gathered === 1);
    await histories.empty();
    expect((await histories.read([1]))[0].state).toBe('lost');
    await waitUntil('complete', () => histories.isComplete());
    const after = await items();
    expect(after[0]).toHaveLength(before[0].length + 1);
    expect(after.slice(1)).toEqual(before.slice(1));
  });

  test('are the same rebuilt as merged line by line, also where a minute is missing', async () => {
    const histories = await fickleHistories();
    const ingestor = await world.another({ histories });
    await ingestor.start();
    const lines = [0, 1, 5].map((minute) => watch(7, 'a+minute+was+lost+2000', minute));
    await world.eventLog.append(testTopic, [...lines, rate(7, 'a+minute+was+lost+2000')]);
    await ingestor.drained(testTopic, 30_000);
    await waitUntil('merged', async () => (await known(histories, 7)).entries[0]?.[1] === 4);
    const merged = await known(histories, 7);
    expect(merged).toEqual({ state: 'known', entries: [[6, 4]] });
    await histories.empty();
    await waitUntil('rebuilt', () => histories.isComplete());
    expect(await known(histories, 7)).toEqual(merged);
  });

  test('a store that is away never holds up the log', async () => {
    const histories = await fickleHistories();
    histories.up = false;
    const ingestor = await world.another({ histories });
    await ingestor.start();
    await world.eventLog.append(testTopic, inventLines(3_000));
    expect((await ingestor.drained(testTopic, 30_000)).received).toBe(3_000);
  });
});
