import {
  decodeReceiptBody,
  encodeReceiptBody,
  recommendResponse,
  type RecommendResponse,
} from '@reelay/shared/contracts';
import { waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAnswerReplay } from '../services/all-in-one/src/replaying/replay-answer.ts';
import { appendAndStore, historyOf, tinyPopulation, withDetailsOf } from './append-history.ts';
import { ask } from './ask-for-list.ts';
import { changed } from './plant-fault.ts';
import { someUserId, trainAndRelease } from './train-and-release.ts';
import { worldNames } from './world-addresses.ts';
import { openWorld, type ChangePorts, type World } from './world.ts';

// Whole platforms, beside other tests: a bound for what hangs, not for what is slow.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const population = tinyPopulation();
const lines = historyOf(population, 20_000, 0).map(({ line }) => line);
/** As `movies.csv` has them; what is not rated is not in it. */
const minAges = new Map(population.catalogue.movies.flatMap(({ id, minAge }) => (minAge === undefined ? [] : [[id, minAge]]))); // prettier-ignore
const users = [...population.userIds.slice(0, 12), someUserId];
const ages = [0, 6, 11, 12, 16, 17, 18, 120];
const wishes = ['n=50', 'n=5&diversity=0.7&reasons=true', 'genre=Drama,Comedy&offset=2', 'seen=include&n=200'];

interface Asked {
  maxAge: number;
  answer: RecommendResponse;
}

const wish = async (world: Pick<World, 'gateway'>, userId: number, query: string): Promise<RecommendResponse> =>
  recommendResponse.parse(JSON.parse((await ask(world, `/recommend/${userId}?${query}`, 'application/json')).body));

/** All users, ages and wishes; `rule` writes the age into the query. */
async function askAll(world: World, rule = (maxAge: number) => `maxAge=${maxAge}`): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const userId of users) {
    for (const maxAge of ages) {
      const some = wishes.map(async (other) => ({
        maxAge,
        answer: await wish(world, userId, `${rule(maxAge)}&${other}`),
      }));
      asked.push(...(await Promise.all(some)));
    }
  }
  return asked;
}

/** The same, until no question fell back: on a machine that does something else for half a second the ladder answers in the worker's place. */
async function askModel(world: World): Promise<Asked[]> {
  let asked: Asked[] = [];
  await waitUntil('an answer of the model to each question', async () => {
    asked = await askAll(world);
    expect(problemsOf(asked)).toEqual([]);
    return asked.every(({ answer }) => answer.outcome === 'model');
  }, 60_000); // prettier-ignore
  return asked;
}

const problemsOf = (asked: readonly Asked[]): string[] =>
  asked.flatMap(({ maxAge, answer }) =>
    answer.items
      .filter(({ id }) => !((minAges.get(id) ?? Infinity) <= maxAge))
      .map(({ id }) => `${answer.outcome}: ${id}, from ${minAges.get(id)}, asked up to ${maxAge}`),
  );

const shown = (asked: readonly Asked[]): number => asked.reduce((sum, { answer }) => sum + answer.items.length, 0);
const outcomesOf = (asked: readonly Asked[]) => new Set(asked.map(({ answer }) => answer.outcome));

/** Nobody computes and nothing is kept: the ladder answers. */
const withoutWorkers: ChangePorts = ({ queue, answers }) => ({
  queue: changed(queue, { isUp: () => false }),
  answers: changed(answers, { latest: async () => null }),
});

describe.each(worldNames)('%s', (name) => {
  let world: World;
  let version: string;
  beforeAll(async () => {
    world = await openWorld(name, { prepare: withDetailsOf(population) });
    await appendAndStore(world, lines);
    const isDetailed = async () => (await world.ledger.items()).some(({ movie }) => movie.minAge !== undefined);
    await waitUntil('movies.csv is read', isDetailed, 30_000);
    version = await trainAndRelease(world);
  });
  afterAll(() => world?.close());

  test('from the CSV file to the list: a model shows nothing above the age, and nothing that is not rated', async () => {
    const asked = await askModel(world);
    expect(shown(asked)).toBeGreaterThan(5_000);
    const lengths = ages.map((maxAge) => shown(asked.filter((one) => one.maxAge === maxAge)));
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
  });

  test('the model card says how many items are rated', async () => {
    const card = new TextDecoder().decode(await world.artifacts.load(version, 'model-card.md'));
    const rated = (await world.ledger.items()).filter(({ movie }) => minAges.has(movie.id)).length;
    expect(rated).toBeGreaterThan(300);
    expect(card).toContain(`| Of them with an age rating (lists by \`maxAge\` hold no others) | ${rated} |`);
  });

  test('nor does the ladder, whichever rung it takes', async () => {
    const other = await world.throughAnotherGateway(withoutWorkers);
    await waitUntil('it has its ready lists', async () => (await ask(other, '/healthz')).status === 200);
    const asked = await askAll(other);
    expect(problemsOf(asked)).toEqual([]);
    expect([outcomesOf(asked), shown(asked) > 1_000]).toEqual([new Set(['fallback']), true]);
  });

  test('planted: without the rule both show what they must not', async () => {
    const other = await world.throughAnotherGateway(withoutWorkers);
    await waitUntil('it has its ready lists', async () => (await ask(other, '/healthz')).status === 200);
    for (const through of [world, other]) {
      const problems = problemsOf(await askAll(through, () => ''));
      expect(problems.length).toBeGreaterThan(100);
      expect(problems.some((text) => text.includes('from undefined'))).toBe(true);
    }
  });

  test('the receipt keeps the age, and from it the list is made again; from another age it is another list', async () => {
    const { requestId } = await wish(world, users[0], 'maxAge=12&n=30');
    await waitUntil('its receipt', async () => (await world.ledger.receipt(requestId)) !== null, 30_000);
    const receipt = (await world.ledger.receipt(requestId))!;
    const body = decodeReceiptBody(receipt.body);
    expect(body.rules).toMatchObject({ maxAge: 12, count: 30 });
    expect(await createAnswerReplay(world)(requestId)).toMatchObject({ identical: true });
    const older = {
      ...receipt,
      body: encodeReceiptBody({ ...body, rules: body.rules && { ...body.rules, maxAge: 18 } }),
    };
    const replay = createAnswerReplay({ ...world, ledger: { receipt: async () => older } });
    expect(await replay(requestId)).toMatchObject({ identical: false });
  });
});
