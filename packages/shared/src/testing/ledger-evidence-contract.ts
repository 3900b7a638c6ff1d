import { expect, test } from 'vitest';
import { encodeReceiptBody, type Receipt } from '../contracts/index.ts';
import { listHash } from '../runtime/index.ts';
import type { Ledger, SeenList, SeenReceipt } from '../storage/index.ts';
import { anAnswerWorld } from './answer-world.ts';
import { aRating, aRecommendation, aSegment, aTime, aWindow, noCsv, someRows } from './ledger-builders.ts';
import type { OpenedLedger } from './ledger-contract.ts';
import { aReceipt, aReceiptBody, aRequestId } from './receipt-builders.ts';

const startMs = 1_800_000_000_000;
const hour = 3_600;

type Rows = Parameters<typeof someRows>[0];

async function store(ledger: Ledger, rows: Rows): Promise<void> {
  const progress = await ledger.claim('movielog1', 0);
  await ledger.commitWindow(aWindow(progress, rows), noCsv);
}

/** An answer `number` ms after the start. */
const answered = (number: number, change: Partial<Receipt> = {}): Receipt =>
  aReceipt(number, { requestId: aRequestId(number, startMs + number), timeMs: startMs + number, ...change });

async function walkReceipts(ledger: Ledger, untilMs: number, limit: number): Promise<SeenReceipt[][]> {
  const pages: SeenReceipt[][] = [];
  for (let afterMs = startMs - 1; ;) {
    const { rows, readTo } = await ledger.receiptsAfter({ afterMs, untilMs, limit });
    if (rows.length === 0) return pages;
    pages.push(rows);
    afterMs = readTo;
  }
}

/** What a canary may be judged by. */
export function ledgerEvidenceContract(opened: OpenedLedger): void {
  const listsOf = async (sinceMs = startMs, until = aTime + hour): Promise<SeenList[]> => {
    const window = { after: aTime - 1, until, windowSeconds: 600, sinceMs, limit: 100 };
    return (await opened.ledger.listsAfter(window)).rows;
  };
  const users = async (until?: number): Promise<number[]> =>
    (await listsOf(undefined, until)).map(({ userId }) => userId).sort();

  test('receipts are walked in pages, each once, none behind the end', async () => {
    const { ledger } = opened;
    expect(await ledger.newestReceiptMs()).toBeNull();
    const receipts = Array.from({ length: 100 }, (_, number) =>
      answered(number, { userId: number + 1, timeMs: startMs + Math.floor(number / 3) }),
    );
    await ledger.addReceipts([{ id: 'a', receipts: receipts.toReversed() }]);
    expect(await ledger.newestReceiptMs()).toBe(startMs + 33);
    const pages = await walkReceipts(ledger, startMs + 29, 10);
    expect(pages.flatMap((page) => page.map(({ userId }) => userId)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 90 }, (_, at) => at + 1),
    );
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(12);
  });

  test('a receipt tells what it was, and which version made the list', async () => {
    const [canary, fallback] = [
      answered(1, { track: 'canary', workMs: 7.5, userId: 3 }),
      answered(2, {
        outcome: 'fallback',
        reason: 'TIMEOUT',
        rung: 'popular',
        workMs: null,
        build: { modelVersion: null, dataVersion: '', commit: '' },
      }),
    ];
    await opened.ledger.addReceipts([{ id: 'a', receipts: [canary, fallback] }]);
    const [page] = await walkReceipts(opened.ledger, startMs + 10, 10);
    expect(page).toEqual(
      [canary, fallback].map(({ userId, timeMs, track, outcome, reason, workMs, build: { modelVersion } }) => {
        return { userId, timeMs, track, outcome, reason, workMs, modelVersion };
      }),
    );
  });

  test('a list that was shown says what was watched of it within the window, and how ratings were foretold', async () => {
    const { ledger } = opened;
    const items = await ledger.itemIds(['a', 'b', 'c']);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => items.get(id)!);
    const lines = ['a,b', 'b,c', 'c,a'].map((result, at) => aRecommendation({ userId: at + 1, result }));
    const began = (userId: number, itemId: number, after: number) =>
      aSegment({ firstOffset: 10 * userId + itemId, userId, itemId, firstTime: aTime + after, lastTime: aTime + 900 });
    await store(ledger, {
      recommendations: [...lines, aRecommendation({ userId: 4, time: aTime + 1, result: 'a,b' })],
      segments: [began(1, b, 599), began(2, a, 10), began(3, c, 600), began(3, a, -5)],
      ratings: [
        aRating({ userId: 1, itemId: b, time: aTime + 20, rating: 5 }),
        aRating({ userId: 2, itemId: c, time: aTime + 20, rating: 1 }),
        aRating({ userId: 3, itemId: b, time: aTime + 20, rating: 3 }),
        aRating({ userId: 3, itemId: c, time: aTime + 601, rating: 3 }),
      ],
    });
    const told = (foretold: number | undefined) => {
      const shown = [3.5, foretold].map((expected, index) => ({
        index,
        score: 1,
        source: 'personal' as const,
        ...(expected === undefined ? {} : { foretold: expected }),
      }));
      return encodeReceiptBody(aReceiptBody({ list: { form: 'indices', items: shown } }));
    };
    const receipts = lines.map(({ userId, result }, at) =>
      answered(at, {
        userId,
        listHash: listHash(userId, result),
        track: userId === 2 ? 'canary' : 'stable',
        body: told(userId === 1 ? 4.5 : undefined),
      }),
    );
    await ledger.addReceipts([{ id: 'a', receipts }]);
    expect((await listsOf()).toSorted((one, other) => one.userId - other.userId)).toEqual([
      { userId: 1, track: 'stable', watched: true, ratings: [{ rating: 5, foretold: 4.5 }] },
      { userId: 2, track: 'canary', watched: false, ratings: [{ rating: 1, foretold: null }] },
      { userId: 3, track: 'stable', watched: false, ratings: [] },
    ]);
  });

  test('lists of failed requests, of earlier answers, of other users and behind the end are left out', async () => {
    const { ledger } = opened;
    const line = (userId: number, change = {}) => aRecommendation({ userId, result: 'a,b', ...change });
    await store(ledger, {
      recommendations: [line(1), line(2, { status: 0 }), line(3), line(4), line(5, { time: aTime + 60 })],
    });
    const of = (number: number, userId: number, change: Partial<Receipt> = {}) =>
      answered(number, { userId, listHash: listHash(userId, 'a,b'), ...change });
    await ledger.addReceipts([
      { id: 'a', receipts: [of(1, 1), of(2, 2), of(3, 3, { timeMs: startMs - 1 }), of(5, 5), of(6, 6)] },
    ]);
    expect(await users(aTime + 59)).toEqual([1]);
    expect(await users(aTime + 60)).toEqual([1, 5]);
  });

  test('the log is read from the first answer of a time on, whatever clock it has', async () => {
    const { ledger } = opened;
    expect(await ledger.newestLogTime()).toBeNull();
    expect(await ledger.logTimeOf(startMs)).toBe(0);
    const world = anAnswerWorld({ seed: 5, answers: 4_000, speed: 60 });
    await store(ledger, { recommendations: world.lines });
    await ledger.addReceipts([{ id: 'a', receipts: world.receipts }]);
    const wild = aRecommendation({ userId: 9, time: aTime + 10 ** 8, result: 'x' });
    const progress = await ledger.progress('movielog1');
    const more = aWindow({ ...progress[0] }, { recommendations: [wild] });
    await ledger.commitWindow(more, noCsv);
    const newest = world.lines.at(-1)!.time;
    expect(Math.abs((await ledger.newestLogTime())! - newest)).toBeLessThan(600);
    // Answer 3,000 is the first of its version, so nobody had its list before.
    const ofVersion = world.receipts.filter(({ build }) => build.modelVersion === '7-aaaaaa');
    const sinceMs = Math.min(...ofVersion.map(({ timeMs }) => timeMs));
    const firstLine = world.lines[3_000].time;
    const found = await ledger.logTimeOf(sinceMs);
    expect(found).toBeLessThan(firstLine);
    expect(found).toBeGreaterThan(world.lines[900].time);
    const window = { after: found, until: newest, windowSeconds: 600, sinceMs, limit: 10_000 };
    const { rows, readTo } = await ledger.listsAfter(window);
    expect(readTo).toBe(newest);
    expect(rows.length).toBeGreaterThan(900);
    expect(rows.length).toBeLessThanOrEqual(1_000);
  });
}
