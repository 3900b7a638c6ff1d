import { expect, test } from 'vitest';
import type { Receipt } from '../contracts/index.ts';
import { listHash } from '../runtime/index.ts';
import type { Ledger, LoggedAnswer, VersionOutcomes } from '../storage/index.ts';
import { aRating, aRecommendation, aSegment, aTime, aWindow, noCsv, someRows } from './ledger-builders.ts';
import type { OpenedLedger } from './ledger-contract.ts';
import { anAnswerWorld, versionsRight, type AnswerWorld } from './answer-world.ts';
import { aReceipt } from './receipt-builders.ts';

const everything = { from: 0, to: 4_102_444_800 };
const day = { windowSeconds: 86_400 };
const hour = { windowSeconds: 3_600 };
const buildOf = (modelVersion: string) => ({ ...aReceipt(0).build, modelVersion });

type Rows = Parameters<typeof someRows>[0];

async function store(ledger: Ledger, rows: Rows): Promise<void> {
  const progress = await ledger.claim('movielog1', 0);
  await ledger.commitWindow(aWindow(progress, rows), noCsv);
}

const storeWorld = async (ledger: Ledger, { lines, receipts }: AnswerWorld): Promise<void> => {
  await store(ledger, { recommendations: lines });
  await ledger.addReceipts([{ id: 'batch-1', receipts }]);
};

async function answersIn(ledger: Ledger): Promise<LoggedAnswer[]> {
  const all: LoggedAnswer[] = [];
  await ledger.answers(everything, (answers) => void all.push(...answers));
  return all;
}

const versionsIn = async (ledger: Ledger) => (await answersIn(ledger)).map(({ modelVersion }) => modelVersion);

/** What readers of online truth may rely on. */
export function ledgerOutcomeContract(opened: OpenedLedger): void {
  const answered = (number: number, userId: number, list: string, change: Partial<Receipt> = {}): Receipt =>
    aReceipt(number, { userId, listHash: listHash(userId, list), ...change });
  const outcomes = async (options = day): Promise<VersionOutcomes[]> => {
    await opened.ledger.settleAnswers(options);
    return opened.ledger.outcomes(everything);
  };

  for (const speed of [1, 60]) {
    test(`a line finds its receipt by user and list, also when the log's clock runs ${speed} times as fast in another year`, async () => {
      const world = anAnswerWorld({ seed: 7, answers: 2_500, speed });
      await storeWorld(opened.ledger, world);
      const settled = await opened.ledger.settleAnswers(day);
      expect(settled).toEqual({ lines: world.lines.length, linked: world.linked });
      expect(world.linked).toBeGreaterThan(2_000);
      const found = await versionsIn(opened.ledger);
      expect(versionsRight(world, found)).toBe(world.lines.length);
      expect(versionsRight(world, found.toReversed()), 'the check sees lines with others’ versions').toBeLessThan(
        2_000,
      );
      expect(await opened.ledger.settleAnswers(day)).toEqual(settled);
      expect(await versionsIn(opened.ledger)).toEqual(found);
    });
  }

  test('a receipt belongs to one line, and to its own user and list only', async () => {
    const [list, other] = ['heat+1995,alien+1979', 'alien+1979,heat+1995'];
    await store(opened.ledger, {
      recommendations: [
        aRecommendation({ userId: 1, result: list }),
        aRecommendation({ userId: 1, time: aTime + 10, result: list }),
        aRecommendation({ userId: 2, time: aTime + 20, result: list }),
        aRecommendation({ userId: 1, time: aTime + 30, result: other }),
      ],
    });
    await opened.ledger.addReceipts([{ id: 'a', receipts: [answered(1, 1, list)] }]);
    expect(await opened.ledger.settleAnswers(day)).toEqual({ lines: 4, linked: 1 });
    const doubled = [answered(2, 1, list, { listHash: null }), answered(3, 3, other)];
    await opened.ledger.addReceipts([{ id: 'b', receipts: doubled }]);
    expect(await opened.ledger.settleAnswers(day)).toEqual({ lines: 4, linked: 1 });
  });

  test('a receipt that comes after its line is found the next time', async () => {
    await store(opened.ledger, { recommendations: [aRecommendation({ userId: 1, result: 'a,b' })] });
    expect(await opened.ledger.settleAnswers(day)).toEqual({ lines: 1, linked: 0 });
    await opened.ledger.addReceipts([{ id: 'a', receipts: [answered(1, 1, 'a,b')] }]);
    expect(await opened.ledger.settleAnswers(day)).toEqual({ lines: 1, linked: 1 });
  });

  test('equal lists of a user are told apart by their order', async () => {
    const receipts = [1, 2, 3].map((number) =>
      answered(number, 1, 'a,b', { timeMs: 5_000_000 * number, build: buildOf(`${number}-aaaaaa`) }),
    );
    const recommendations = [1, 2, 3].map((number) => aRecommendation({ time: aTime + number * 60, result: 'a,b' }));
    await store(opened.ledger, { recommendations });
    await opened.ledger.addReceipts([{ id: 'a', receipts: receipts.toReversed() }]);
    await opened.ledger.settleAnswers(day);
    expect(await versionsIn(opened.ledger)).toEqual(['1-aaaaaa', '2-aaaaaa', '3-aaaaaa']);
  });

  test('a failed request has the version of what its user was answered too late, between the answers around it', async () => {
    const at = (number: number, seconds: number, userId: number, list: string, version: string) =>
      answered(number, userId, list, { timeMs: 9e11 + seconds * 1_000, build: buildOf(version) });
    await store(opened.ledger, {
      recommendations: [
        aRecommendation({ time: aTime, userId: 1, result: 'a' }),
        aRecommendation({ time: aTime + 60, userId: 2, status: 0, result: 'Request timeout' }),
        aRecommendation({ time: aTime + 60, userId: 3, status: 0, result: 'Request timeout' }),
        aRecommendation({ time: aTime + 120, userId: 1, result: 'b' }),
      ],
    });
    const receipts = [
      at(1, 0, 1, 'a', '1-aaaaaa'),
      at(2, 1, 2, 'late', '2-bbbbbb'),
      at(3, 2, 1, 'b', '1-aaaaaa'),
      at(4, 3_600, 3, 'long after', '2-bbbbbb'),
    ];
    await opened.ledger.addReceipts([{ id: 'a', receipts }]);
    await opened.ledger.settleAnswers(day);
    expect(await versionsIn(opened.ledger)).toEqual(['1-aaaaaa', '2-bbbbbb', null, '1-aaaaaa']);
  });

  test('minutes and ratings count for the last answer before them that had the movie on its list, once', async () => {
    const items = await opened.ledger.itemIds(['a', 'b', 'c']);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => items.get(id)!);
    const watch = (firstOffset: number, itemId: number, after: number, firstMinute: number, lastMinute: number) =>
      aSegment({
        firstOffset,
        itemId,
        firstMinute,
        lastMinute,
        firstTime: aTime + after,
        lastTime: aTime + after + 60,
      });
    await store(opened.ledger, {
      recommendations: [
        aRecommendation({ result: 'a,b' }),
        aRecommendation({ time: aTime + 600, result: 'b,c' }),
        aRecommendation({ time: aTime + 900, userId: 2, result: 'a' }),
      ],
      segments: [
        watch(0, a, 60, 0, 4),
        // The same minutes once more, and three on top: eight distinct ones.
        watch(1, a, 700, 2, 7),
        watch(2, b, 60, 0, 0),
        watch(3, b, 660, 1, 10),
        // Before the list that has it; behind the window; of nobody's list.
        watch(4, c, 300, 0, 90),
        watch(5, c, 600 + 3_600, 0, 90),
        watch(6, 99, 660, 0, 90),
      ],
      ratings: [
        aRating({ itemId: a, time: aTime + 800, rating: 4 }),
        aRating({ itemId: b, time: aTime + 900, rating: 2 }),
        aRating({ itemId: c, time: aTime, rating: 1 }),
      ],
    });
    const receipts = [
      answered(1, 1, 'a,b', { build: buildOf('1-aaaaaa') }),
      answered(2, 1, 'b,c', { build: buildOf('2-bbbbbb'), history: { items: 0, version: 0 } }),
    ];
    await opened.ledger.addReceipts([{ id: 'a', receipts }]);
    const none = { hits: 0, minutes: 0, ratings: 0, ratingSum: 0 };
    expect(await outcomes(hour)).toEqual([
      { modelVersion: null, requests: 1, answers: 1, personalised: 0, ...none },
      {
        modelVersion: '1-aaaaaa',
        requests: 1,
        answers: 1,
        personalised: 1,
        hits: 1,
        minutes: 9,
        ratings: 1,
        ratingSum: 4,
      },
      {
        modelVersion: '2-bbbbbb',
        requests: 1,
        answers: 1,
        personalised: 0,
        hits: 1,
        minutes: 10,
        ratings: 1,
        ratingSum: 2,
      },
    ]);
    expect(await outcomes(hour)).toEqual(await opened.ledger.outcomes(everything));
  });

  test('two that settle at once link each receipt once', async () => {
    const world = anAnswerWorld({ seed: 3, answers: 1_500, speed: 60 });
    await storeWorld(opened.ledger, world);
    const others = [opened.ledger, await opened.another(), await opened.another()];
    const settled = await Promise.all(others.map((ledger) => ledger.settleAnswers(day)));
    expect(settled.map(({ linked }) => linked)).toEqual(others.map(() => world.linked));
    expect(versionsRight(world, await versionsIn(opened.ledger))).toBe(world.lines.length);
  });
}
