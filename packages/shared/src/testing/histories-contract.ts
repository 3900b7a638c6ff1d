import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { historyMax, type HistoryEvent } from '../contracts/index.ts';
import { wantedMax, type Histories } from '../messaging/index.ts';
import { aRatedItem, aWatchedItem, someEvents } from './history-builders.ts';

export interface HistoriesSubject {
  name: string;
  /** Histories over an empty store. */
  open(): Promise<Histories>;
  /** Empties the store of what `open` gave last, as a restart without its file would; where that can happen. */
  empty?(): Promise<void>;
}

const shifted = (events: HistoryEvent[], by: number): HistoryEvent[] =>
  events.map((event) => ({ ...event, userId: event.userId + by }));

/** The definition of `Histories`, for every adapter. */
export function historiesContract({ name, open, empty }: HistoriesSubject): void {
  describe(`histories: ${name}`, () => {
    let histories: Histories;
    beforeEach(async () => {
      histories = await open();
      await histories.markComplete();
    });
    afterEach(() => histories.close());

    const read = async (userId = 1) => (await histories.read([userId]))[0];
    const entries = async (userId = 1) => (await read(userId))?.entries ?? [];
    const itemIds = async () => (await entries()).map(({ itemId }) => itemId);

    const contents = async (by: number) =>
      (await histories.read([1 + by, 2 + by, 3 + by])).map(({ entries }) => entries);

    test('an unknown user is cold', async () => {
      expect(await histories.read([1])).toEqual([{ userId: 1, state: 'cold', version: 0, entries: [] }]);
      expect(await histories.version(1)).toEqual({ state: 'cold', version: 0 });
    });

    test('histories come in the order asked, entries newest first', async () => {
      await histories.merge([
        aWatchedItem({ itemId: 10, time: 5 }),
        aWatchedItem({ itemId: 11, time: 7 }),
        aWatchedItem({ itemId: 12, time: 7 }),
        aWatchedItem({ userId: 2, itemId: 4, minutes: 2, time: 3 }),
      ]);
      const [two, nine, one] = await histories.read([2, 9, 1]);
      expect(two).toEqual({
        userId: 2,
        state: 'known',
        version: 1,
        entries: [{ itemId: 4, minutes: 2, rating: 0, ratedAt: 0, time: 3 }],
      });
      expect(nine?.state).toBe('cold');
      expect(one?.entries.map(({ itemId }) => itemId)).toEqual([12, 11, 10]);
    });

    test('minutes are the largest, the rating is the newest, at the same second the larger', async () => {
      await histories.merge([aWatchedItem({ minutes: 7, time: 900 }), aWatchedItem({ minutes: 3, time: 950 })]);
      await histories.merge([aRatedItem(4, 960), aRatedItem(2, 970), aRatedItem(5, 955)]);
      expect(await entries()).toEqual([{ itemId: 10, minutes: 7, rating: 2, ratedAt: 970, time: 970 }]);
      await histories.merge([aRatedItem(3, 970), aRatedItem(1, 970)]);
      expect(await entries()).toEqual([{ itemId: 10, minutes: 7, rating: 3, ratedAt: 970, time: 970 }]);
    });

    test('the version rises by one for each event that changes something', async () => {
      await histories.merge([
        aWatchedItem(),
        aWatchedItem({ itemId: 11 }),
        aWatchedItem({ itemId: 11 }),
        aWatchedItem({ minutes: 2 }),
      ]);
      expect(await histories.version(1)).toEqual({ state: 'known', version: 2 });
      await histories.merge([aWatchedItem({ minutes: 6 })]);
      expect(await histories.version(1)).toEqual({ state: 'known', version: 3 });
      expect((await read())?.version).toBe(3);
    });

    test('a replay changes nothing, its version included, and the order of arrival makes no difference', async () => {
      let user = 1;
      await fc.assert(
        fc.asyncProperty(
          someEvents().chain((events) =>
            fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
          ),
          async ([events, shuffled]) => {
            const by = (user += 10);
            await histories.merge(shifted(events, by));
            const once = await histories.read([1 + by, 2 + by, 3 + by]);
            for (const event of shifted(events, by).reverse()) await histories.merge([event]);
            expect(await histories.read([1 + by, 2 + by, 3 + by])).toEqual(once);
            await histories.merge(shifted(shuffled, by + 5));
            expect(await contents(by + 5)).toEqual(once.map(({ entries }) => entries));
          },
        ),
        { numRuns: 30 },
      );
    });

    test('how events are cut into calls makes no difference', async () => {
      const events = Array.from({ length: 700 }, (_, i) =>
        aWatchedItem({ itemId: i % 90, minutes: (i * 7) % 50, time: i }),
      );
      await histories.merge(events);
      const other = events.map((event) => ({ ...event, userId: 2 }));
      for (let at = 0; at < other.length; at += 33) await histories.merge(other.slice(at, at + 33));
      const [one, two] = await histories.read([1, 2]);
      expect({ ...two, userId: 1 }).toEqual(one);
    });

    test('the newest items are kept, however they come', async () => {
      const events = Array.from({ length: historyMax + 40 }, (_, i) =>
        aWatchedItem({ itemId: i, time: 1_000 + (i >> 1) }),
      );
      const newest = events.map(({ itemId }) => itemId).slice(40);
      await histories.merge([...events].reverse());
      expect(await itemIds()).toEqual([...newest].reverse());
      await histories.merge(events.map((event) => ({ ...event, userId: 2 })));
      expect((await entries(2)).map(({ itemId }) => itemId)).toEqual([...newest].reverse());
    });

    test('an event older than everything kept of a full history changes nothing, even of a kept item', async () => {
      await histories.merge(Array.from({ length: historyMax }, (_, i) => aWatchedItem({ itemId: i, time: 1_000 + i })));
      const before = await read();
      await histories.merge([
        aWatchedItem({ itemId: 9_999, time: 500 }),
        aWatchedItem({ itemId: 400, minutes: 99, time: 500 }),
      ]);
      expect(await read()).toEqual(before);
      await histories.merge([aWatchedItem({ itemId: 400, minutes: 99, time: 1_001 })]);
      expect((await entries()).find(({ itemId }) => itemId === 400)).toMatchObject({ minutes: 99, time: 1_400 });
    });

    test('an item that comes back pushes out the oldest', async () => {
      await histories.merge(
        Array.from({ length: historyMax + 1 }, (_, i) => aWatchedItem({ itemId: i, time: 1_000 + i })),
      );
      expect(await itemIds()).not.toContain(0);
      await histories.merge([aWatchedItem({ itemId: 0, time: 9_000 })]);
      const kept = await itemIds();
      expect(kept[0]).toBe(0);
      expect(kept).not.toContain(1);
      expect(kept.length).toBe(historyMax);
      expect(await histories.version(1)).toMatchObject({ version: historyMax + 2 });
    });

    test('what is read is a copy', async () => {
      await histories.merge([aWatchedItem()]);
      (await entries()).forEach((entry) => (entry.minutes = 77));
      expect((await entries())[0]?.minutes).toBe(5);
    });

    test('a fresh store is lost, not cold, whatever is merged, until it is complete', async () => {
      const fresh = await open();
      expect(await fresh.isComplete()).toBe(false);
      await fresh.merge([aWatchedItem()]);
      const [one, two] = await fresh.read([1, 2]);
      expect(one).toEqual({ userId: 1, state: 'lost', version: 0, entries: [] });
      expect(two?.state).toBe('lost');
      expect(await fresh.version(3)).toEqual({ state: 'lost', version: 0 });
      expect((await fresh.takeWanted(2)).length).toBe(2);
      expect((await fresh.takeWanted(10)).length).toBe(1);
      await fresh.read([5]);
      await fresh.markComplete();
      expect(await fresh.isComplete()).toBe(true);
      expect((await fresh.read([1, 2])).map(({ state }) => state)).toEqual(['known', 'cold']);
      expect(await fresh.takeWanted(10)).toEqual([]);
      await fresh.close();
    });

    test('a rebuilt user is known or cold again while the rest is lost, and no longer wanted', async () => {
      const fresh = await open();
      await fresh.merge([aWatchedItem()]);
      await fresh.markRebuilt([1, 2]);
      expect(await fresh.read([1, 2, 3])).toMatchObject([
        { state: 'known', version: 1, entries: [{ itemId: 10, minutes: 5 }] },
        { state: 'cold', version: 0, entries: [] },
        { state: 'lost', version: 0, entries: [] },
      ]);
      expect(await fresh.version(1)).toEqual({ state: 'known', version: 1 });
      expect(await fresh.takeWanted(10)).toEqual([3]);
      await fresh.close();
    });

    test('wanted users are bounded', async () => {
      const fresh = await open();
      for (let at = 0; at < wantedMax + 500; at += 500) {
        await fresh.read(Array.from({ length: 500 }, (_, i) => at + i));
      }
      expect((await fresh.takeWanted(2 * wantedMax)).length).toBe(wantedMax);
      await fresh.close();
    });

    test('many users and events fit into one call', async () => {
      const users = Array.from({ length: 1_500 }, (_, i) => i + 1);
      await histories.merge(
        users.flatMap((userId) => [aWatchedItem({ userId }), aWatchedItem({ userId, itemId: 11 })]),
      );
      const all = await histories.read(users);
      expect(all.filter(({ version, entries }) => version === 2 && entries.length === 2).length).toBe(1_500);
    });

    if (empty)
      test('a store that was emptied says so', async () => {
        await histories.merge([aWatchedItem()]);
        await histories.markRebuilt([1]);
        await empty();
        expect(await histories.isComplete()).toBe(false);
        expect(await histories.version(1)).toEqual({ state: 'lost', version: 0 });
        expect((await histories.read([1]))[0]?.state).toBe('lost');
        await histories.merge([aWatchedItem()]);
        await histories.markComplete();
        expect(await histories.version(1)).toEqual({ state: 'known', version: 1 });
      });

    test('after close everything throws PORT_CLOSED', async () => {
      await histories.close();
      await histories.close();
      expect(histories.isUp()).toBe(false);
      const calls = [
        histories.merge([aWatchedItem()]),
        histories.read([1]),
        histories.version(1),
        histories.isComplete(),
        histories.markComplete(),
        histories.markRebuilt([1]),
        histories.takeWanted(1),
      ];
      for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'PORT_CLOSED' });
    });
  });
}
