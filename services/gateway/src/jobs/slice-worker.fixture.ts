import { encodeSliceResults, itemSources, type UserResult } from '@reelay/shared/contracts';
import type { SliceQueue, SliceVerdict } from '@reelay/shared/messaging';
import type { Ledger, TakenSlice } from '@reelay/shared/storage';

/** What the fake worker finds for a user: items that are a function of the id. */
export const foundFor = (userId: number, count: number): UserResult => ({
  userId,
  outcome: 'model',
  modelVersion: '1-aaaaaa',
  items: Array.from({ length: count }, (_, at) => ({
    itemId: 1 + ((userId + at) % 30),
    score: 1 / (at + 1),
    source: itemSources[(userId + at) % itemSources.length],
  })),
});

/** Takes slices as a worker does, and finishes them in the ledger; `intervene` may say something else instead. */
export async function startSliceWorker(
  slices: SliceQueue,
  ledger: Ledger,
  intervene: (taken: TakenSlice) => Promise<SliceVerdict | undefined> = async () => undefined,
): Promise<TakenSlice[]> {
  const takenSlices: TakenSlice[] = [];
  await slices.consume({ inHand: 1 }, async ({ slice: { jobId, sliceNo } }) => {
    const taken = await ledger.takeSlice(jobId, sliceNo, Date.now());
    if (taken === null) return 'done';
    takenSlices.push(taken);
    const verdict = await intervene(taken);
    if (verdict !== undefined) {
      const reason = typeof verdict === 'object' ? verdict.reject : 'asked for again';
      await ledger.failSlice(jobId, sliceNo, reason, Date.now());
      return verdict;
    }
    const results = [...taken.userIds].map((userId) => foundFor(userId, taken.job.count));
    await ledger.completeSlice({
      jobId,
      sliceNo,
      finishedMs: Date.now(),
      answered: results.length,
      fallback: 0,
      failed: 0,
      rows: [],
      body: encodeSliceResults(results),
    });
    return 'done';
  });
  return takenSlices;
}
