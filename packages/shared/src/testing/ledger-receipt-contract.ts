import { expect, test } from 'vitest';
import { encodeReceiptBody, type Receipt } from '../contracts/index.ts';
import { dayOfRequest, type FeedbackRow } from '../storage/index.ts';
import { aRating, aSegment, aTime, aWindow, interactionsIn, noCsv } from './ledger-builders.ts';
import type { OpenedLedger } from './ledger-contract.ts';
import { aReceipt, aReceiptBody, aRequestId } from './receipt-builders.ts';

const dayMs = 86_400_000;
const some = (from: number, to: number, change: Partial<Receipt> = {}): Receipt[] =>
  Array.from({ length: to - from }, (_, at) => aReceipt(from + at, change));

const aJudgement = (change: Partial<FeedbackRow> = {}): FeedbackRow => ({
  userId: 1,
  idempotencyKey: 'first',
  itemId: 1,
  kind: 'liked',
  minutes: 0,
  rating: 5,
  timeMs: aTime * 1_000,
  ...change,
});

/** What receipts and feedback may rely on. */
export function ledgerReceiptContract(opened: OpenedLedger): void {
  const allOf = (userId: number) => opened.ledger.receiptsOf(userId, 0, Number.MAX_SAFE_INTEGER, 100_000);

  test('a receipt comes back as it was, by its request and by its user, also with nothing in it that may be missing', async () => {
    const { ledger } = opened;
    const full = aReceipt(1, {
      outcome: 'fallback',
      rung: 'last',
      reason: 'TIMEOUT',
      repeats: aRequestId(7),
      body: encodeReceiptBody(aReceiptBody({ history: [{ index: 3, minutes: 9, rating: 4.5 }], seen: [1, 2] })),
    });
    const bare = aReceipt(2, {
      userId: 0,
      history: null,
      build: { modelVersion: null, dataVersion: '', commit: 'unknown' },
      body: encodeReceiptBody(aReceiptBody({ list: { form: 'text', items: [{ id: "l'été+1999", score: 0 }] } })),
    });
    expect(await ledger.addReceipts([{ id: 'a', receipts: [full, bare] }])).toEqual({ accepted: 2, repeated: 0 });
    expect(await ledger.receipt(full.requestId)).toEqual(full);
    expect(await ledger.receipt(bare.requestId)).toEqual(bare);
    expect(await allOf(full.userId)).toEqual([full]);
    expect(await ledger.receipt(aRequestId(99))).toBeNull();
  });

  test('a batch counts once, and so does a request, in whatever batch it comes', async () => {
    const { ledger } = opened;
    const first = { id: 'a', receipts: some(0, 10) };
    expect(await ledger.addReceipts([first, first])).toEqual({ accepted: 10, repeated: 10 });
    expect(await ledger.addReceipts([first])).toEqual({ accepted: 0, repeated: 10 });
    const overlapping = { id: 'b', receipts: some(5, 15) };
    expect(await ledger.addReceipts([overlapping])).toEqual({ accepted: 5, repeated: 5 });
    const changed = { id: 'c', receipts: [aReceipt(3, { userId: 5 }), aReceipt(3)] };
    expect(await ledger.addReceipts([changed])).toEqual({ accepted: 0, repeated: 2 });
    expect((await allOf(876_543)).map(({ requestId }) => requestId)).toEqual(
      some(0, 15).map(({ requestId }) => requestId),
    );
    expect(await allOf(5)).toEqual([]);
  });

  test('of many writers of the same batches each receipt is written once', async () => {
    const ledgers = [opened.ledger, await opened.another(), await opened.another()];
    const batches = [0, 1, 2].map((at) => ({ id: `batch-${at}`, receipts: some(at * 40, at * 40 + 50) }));
    const added = await Promise.all(ledgers.flatMap((ledger) => batches.map((batch) => ledger.addReceipts([batch]))));
    expect(added.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(130);
    expect(added.reduce((sum, { accepted, repeated }) => sum + accepted + repeated, 0)).toBe(450);
    expect((await allOf(876_543)).length).toBe(130);
  });

  test('answers of a user are those of the time asked for, its end left out', async () => {
    const { ledger } = opened;
    await ledger.addReceipts([{ id: 'a', receipts: [...some(0, 10), aReceipt(10, { userId: 2 })] }]);
    const start = aTime * 1_000;
    const found = await ledger.receiptsOf(876_543, start + 3, start + 6, 100);
    expect(found.map(({ timeMs }) => timeMs - start)).toEqual([3, 4, 5]);
    expect((await ledger.receiptsOf(876_543, start, start + 100, 2)).length).toBe(2);
  });

  test('old days go, a few receipts at a time, and the others stay', async () => {
    const { ledger } = opened;
    const onDay = (day: number) =>
      some(0, 5).map((receipt, at) => ({ ...receipt, requestId: aRequestId(at, day * dayMs) }));
    await ledger.addReceipts([100, 101, 102].map((day) => ({ id: `day-${day}`, receipts: onDay(day) })));
    expect(dayOfRequest(aRequestId(1, 101 * dayMs))).toBe(101);
    const dropped: number[] = [];
    do dropped.push(await ledger.dropReceipts(102, 4));
    while (dropped.at(-1) !== 0);
    expect(dropped).toEqual([4, 4, 2, 0]);
    expect((await allOf(876_543)).map(({ requestId }) => dayOfRequest(requestId))).toEqual([102, 102, 102, 102, 102]);
  });

  test('feedback counts once by user and key, whatever comes with the key later', async () => {
    const { ledger } = opened;
    const liked = aJudgement();
    const other = aJudgement({ userId: 2 });
    expect(await ledger.addFeedback([liked, { ...liked, rating: 1 }, other])).toEqual([liked, other]);
    expect(await ledger.addFeedback([{ ...liked, kind: 'disliked', rating: 1 }])).toEqual([]);
  });

  test('feedback counts beside the log: minutes watched, the newest judgement; what is ignored is no evidence', async () => {
    const { ledger } = opened;
    const progress = await ledger.claim('movielog', 0);
    const rows = {
      segments: [aSegment({ userId: 1, itemId: 1, lastMinute: 4 })],
      ratings: [aRating({ userId: 1, itemId: 2 })],
    };
    await ledger.commitWindow(aWindow(progress, rows), noCsv);
    await ledger.addFeedback([
      aJudgement({
        idempotencyKey: 'a',
        kind: 'watched',
        itemId: 1,
        minutes: 30,
        rating: 0,
        timeMs: (aTime + 900) * 1_000,
      }),
      aJudgement({ idempotencyKey: 'b', kind: 'disliked', itemId: 2, rating: 1, timeMs: (aTime + 5) * 1_000 + 999 }),
      aJudgement({ idempotencyKey: 'c', kind: 'ignored', itemId: 3, rating: 0 }),
      aJudgement({ idempotencyKey: 'd', userId: 9, itemId: 1 }),
    ]);
    const expected = [
      { userId: 1, itemId: 1, minutes: 30, reached: 30, rating: 0, ratedAt: 0, lastTime: aTime + 900 },
      { userId: 1, itemId: 2, minutes: 0, reached: 0, rating: 1, ratedAt: aTime + 5, lastTime: aTime + 5 },
      { userId: 9, itemId: 1, minutes: 0, reached: 0, rating: 5, ratedAt: aTime, lastTime: aTime },
    ];
    expect(await interactionsIn(ledger)).toEqual(expected);
    expect(await interactionsIn(ledger, [9])).toEqual(expected.slice(2));
  });
}
