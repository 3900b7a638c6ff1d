import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../contracts/index.ts';
import { aWatchedItem, historiesContract, realServerUrl, someEvents } from '../../testing/index.ts';
import { MemoryHistories } from '../memory/memory-histories.ts';
import { openRedisHistories } from './redis-histories.ts';
import { aNamespace, emptyNamespace } from './test-namespace.ts';

const url = realServerUrl('redis') ?? '';

describe.runIf(url)('on a real Redis', () => {
  const namespace = aNamespace();
  let opened = 0;
  const open = () => openRedisHistories(url, { namespace: `${namespace}:${++opened}` });
  afterAll(() => emptyNamespace(url, namespace));

  historiesContract({
    name: 'redis',
    open,
    empty: async () => {
      expect(await emptyNamespace(url, `${namespace}:${opened}`)).toBeGreaterThan(0);
    },
  });

  const users = [1, 2, 3];
  const both = async (series: HistoryEvent[][]) => {
    const memory = new MemoryHistories();
    const redis = await open();
    for (const histories of [memory, redis]) {
      await histories.markComplete();
      for (const events of series) await histories.merge(events);
    }
    const found = { memory: await memory.read(users), redis: await redis.read(users) };
    await redis.close();
    return found;
  };

  test('memory and Redis make the same histories of any series of events', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someEvents(), { minLength: 1, maxLength: 4 }), async (series) => {
        const { memory, redis } = await both(series);
        expect(redis).toEqual(memory);
      }),
      { numRuns: 40 },
    );
  });

  test('the comparison sees one event that only one of them got', async () => {
    const event = aWatchedItem();
    const redis = await open();
    const memory = new MemoryHistories();
    for (const histories of [memory, redis]) {
      await histories.markComplete();
      await histories.merge([event]);
    }
    expect(await redis.read(users)).toEqual(await memory.read(users));
    await memory.merge([{ ...event, minutes: event.minutes + 1 }]);
    expect(await redis.read(users)).not.toEqual(await memory.read(users));
    await redis.close();
  });

  test('memory and Redis make the same histories beyond what is kept', async () => {
    let state = 7;
    const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
    const event = () =>
      aWatchedItem({ userId: 1 + random(2), itemId: random(900), minutes: random(120), time: 1_000 + random(300) });
    const { memory, redis } = await both(Array.from({ length: 12 }, () => Array.from({ length: 500 }, event)));
    expect(memory.map(({ entries }) => entries.length)).toEqual([500, 500, 0]);
    expect(redis).toEqual(memory);
  });
});
