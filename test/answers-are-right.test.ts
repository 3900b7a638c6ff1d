import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { appendAndStore, historyOf, tinyPopulation, untilHistoriesHold, withDetailsOf } from './append-history.ts';
import { askForJson, askWorker, idsOf } from './ask-for-list.ts';
import { checkLists, checkOneMoreWatch, checkPlanIsFollowed, readReference, type Reference } from './check-lists.ts';
import { checkRanking, measureRanking, splitHistory } from './measure-ranking.ts';
import { firstPlanForEver, shufflingLists, versionsThatStand } from './plant-fault.ts';
import { someUserId, trainAndRelease } from './train-and-release.ts';
import { worldNames } from './world-addresses.ts';
import { openWorld, type World } from './world.ts';

// Whole platforms, beside other tests: a bound for what hangs, not for what is slow.
vi.setConfig({ testTimeout: 90_000 });

const population = tinyPopulation();
// Without dirt: a minute that is missing counts in a history that came line by line, and not in one that was rebuilt from rows.
const history = historyOf(population, 50_000, 0).map(({ line }) => line);
const [oneUser = 0, anotherUser = 0] = population.userIds;
const twins = [999_991, 999_992] as const;

/** The lines of a user, as somebody's whom no file of details knows. */
const copiedTo = (userId: number): string[] =>
  history.filter((line) => line.split(',')[1] === String(oneUser)).map((line) => withUser(line, userId));

const withUser = (line: string, userId: number): string => line.replace(/,\d+,/, `,${userId},`);

describe.each(worldNames)('%s', (name) => {
  const lines = [...history, ...twins.flatMap(copiedTo)];
  let world: World;
  let version: string;
  let reference: Reference;
  const append = async (line: string) => {
    lines.push(line);
    await appendAndStore(world, [line]);
    await untilHistoriesHold(world, [line]);
  };
  const moreOf = () => ({ lines: [...lines], append });

  beforeAll(async () => {
    world = await openWorld(name, { prepare: withDetailsOf(population) });
    await appendAndStore(world, lines);
    await untilHistoriesHold(world, lines);
    version = await trainAndRelease(world);
    reference = await readReference(world.artifacts, version);
  });
  afterAll(() => world?.close());

  test('the same history gets the same list, also when it is made twice', async () => {
    const [first, second] = await Promise.all(twins.map((userId) => askForJson(world, userId)));
    expect(idsOf(first ?? { items: [] })).toHaveLength(20);
    expect(second?.items).toEqual(first?.items);
    const made = await askWorker(world, twins[0], version);
    const madeAgain = await askWorker(world, twins[0], version);
    // What proposed an item is read from the trace, so it stands in the gateway's answer alone.
    expect(made.items).toEqual(first?.items.map(({ id, score }) => ({ id, score })));
    expect(madeAgain.items).toEqual(made.items);
    expect(idsOf(await askForJson(world, someUserId)), 'of somebody without history').not.toEqual(idsOf(made));
  });

  test('every list is in the order that the reference gives from the log lines', async () => {
    const users = [...population.userIds.slice(0, 40), ...twins, someUserId];
    expect(await checkLists(world, reference, users, lines)).toEqual([]);
  });

  test('one more watch moves the list to what the reference gives', async () => {
    for (const userId of [oneUser, anotherUser, twins[0]]) {
      expect(await checkOneMoreWatch(world, reference, userId, moreOf())).toEqual([]);
    }
  });

  test('these checks fail on a list that was shuffled, and on a kept one that is stale', async () => {
    const shuffled = await world.throughAnotherGateway(({ answers }) => ({ answers: shufflingLists(answers) }));
    expect(await checkLists(shuffled, reference, [anotherUser], lines)).not.toEqual([]);
    const stale = await world.throughAnotherGateway(({ histories }) => ({ histories: versionsThatStand(histories) }));
    expect(await checkLists(stale, reference, [anotherUser], lines)).toEqual([]);
    expect(await checkOneMoreWatch(stale, reference, anotherUser, moreOf())).not.toEqual([]);
  });

  test('answers follow the plan to its next version, and a gateway that misses it is noticed', async () => {
    const deaf = await world.throughAnotherGateway(({ plans }) => ({ plans: firstPlanForEver(plans) }));
    expect(await checkPlanIsFollowed(deaf, version, oneUser)).toEqual([]);
    const next = await trainAndRelease(world);
    expect(next).not.toBe(version);
    expect(await checkPlanIsFollowed(world, next, oneUser)).toEqual([]);
    expect(await checkPlanIsFollowed(deaf, next, oneUser)).not.toEqual([]);
  });
});

describe('what people watch next', () => {
  const split = splitHistory(history);

  const figuresOf = async (train: readonly string[]) => {
    const world = await openWorld('embedded', { prepare: withDetailsOf(population) });
    try {
      await appendAndStore(world, train);
      await untilHistoriesHold(world, train);
      await trainAndRelease(world);
      return await measureRanking(world, population, split);
    } finally {
      await world.close();
    }
  };

  test('served lists foretell it 1.3 times as well as popularity, and half as well as the truth itself', async () => {
    expect(split.cases.length).toBeGreaterThan(250);
    const figures = await figuresOf(split.train);
    expect(checkRanking(figures)).toEqual([]);
  });

  test('with shuffled user ids they do not', async () => {
    const users = [...new Set(split.train.map((line) => line.split(',')[1] ?? ''))];
    const other = new Map(users.map((user, at) => [user, Number(users[(at + 1) % users.length])]));
    const shuffled = split.train.map((line) => withUser(line, other.get(line.split(',')[1] ?? '') ?? 0));
    const figures = await figuresOf(shuffled);
    expect(checkRanking(figures)).not.toEqual([]);
  });
});
