import { expect, test } from 'vitest';
import { sliceAttemptsMax, type JobSlice, type NewJob, type SliceOutcome } from '../storage/index.ts';
import { aRating, aSegment, aWindow, noCsv } from './ledger-builders.ts';
import type { OpenedLedger } from './ledger-contract.ts';

const now = 1_714_521_600_000;

export const aJobRow = (change: Partial<NewJob> = {}): NewJob => ({
  jobId: 'job-1',
  createdMs: now,
  activeDays: null,
  count: 20,
  keptCount: 20,
  asRows: false,
  ...change,
});

const aSlice = (sliceNo: number, ...userIds: number[]): JobSlice => ({ sliceNo, userIds: Int32Array.from(userIds) });

const anOutcome = (sliceNo: number, change: Partial<SliceOutcome> = {}): SliceOutcome => ({
  jobId: 'job-1',
  sliceNo,
  finishedMs: now,
  answered: 2,
  fallback: 1,
  failed: 0,
  body: Uint8Array.of(sliceNo, 0, 255),
  rows: [],
  ...change,
});

const rowsOf = (userId: number) =>
  [1, 2].map((rank) => {
    const source = rank === 1 ? ('neighbours' as const) : null;
    return { userId, rank, itemId: 10 + rank, score: 0.5 / rank, modelVersion: '1-aaaaaa', source };
  });

/** What jobs over many users may rely on. */
export function ledgerJobContract(opened: OpenedLedger): void {
  /** A running job of these slices. */
  const run = async (...slices: JobSlice[]) => {
    await opened.ledger.addJob(aJobRow());
    await opened.ledger.addSlices('job-1', slices);
    expect(await opened.ledger.changeJob('job-1', ['loading'], 'running')).toBe(true);
  };

  test('a job is what it was made from, and its slices have their users in order', async () => {
    const { ledger } = opened;
    const users = Int32Array.from({ length: 1_000 }, (_, at) => 2 ** 31 - 1 - 7 * at);
    expect(await ledger.addJob(aJobRow({ activeDays: 30, count: 5, asRows: true }))).toBe(true);
    expect(await ledger.addJob(aJobRow()), 'the same id once more').toBe(false);
    await ledger.addSlices('job-1', [{ sliceNo: 0, userIds: users }, aSlice(1, 42)]);
    expect(await ledger.job('job-1')).toEqual({
      ...aJobRow({ activeDays: 30, count: 5, asRows: true }),
      state: 'loading',
      reason: '',
      finishedMs: null,
      slices: { total: 2, waiting: 2, started: 0, done: 0, dead: 0, cancelled: 0 },
      users: { total: 1_001, answered: 0, fallback: 0, failed: 0 },
      retries: 0,
    });
    const taken = await (await opened.another()).takeSlice('job-1', 0, now);
    expect(taken).toEqual({
      sliceNo: 0,
      userIds: users,
      attempt: 1,
      job: aJobRow({ activeDays: 30, count: 5, asRows: true }),
    });
    expect((await ledger.job('job-1'))?.slices).toMatchObject({ waiting: 2, started: 1 });
    expect(await ledger.job('another')).toBeNull();
  });

  test('no users are added to a job that runs or was cancelled', async () => {
    const { ledger } = opened;
    await run(aSlice(0, 1));
    await expect(ledger.addSlices('job-1', [aSlice(1, 2)])).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect((await ledger.job('job-1'))?.slices.total).toBe(1);
  });

  test('slices have a number each, and the last one says how far a loader came', async () => {
    const { ledger } = opened;
    await ledger.addJob(aJobRow());
    expect(await ledger.lastSlice('job-1')).toBeNull();
    await ledger.addSlices('job-1', [aSlice(0, 1, 2), aSlice(1, 7)]);
    await expect(ledger.addSlices('job-1', [aSlice(1, 8)])).rejects.toMatchObject({ code: 'FENCED' });
    expect(await ledger.lastSlice('job-1')).toEqual(aSlice(1, 7));
  });

  test('a state changes only from the states that are named', async () => {
    const { ledger } = opened;
    await run(aSlice(0, 1));
    expect(await ledger.changeJob('job-1', ['loading'], 'failed', { reason: 'too late' })).toBe(false);
    expect(await ledger.openJobs()).toEqual([{ jobId: 'job-1', state: 'running', activeDays: null }]);
    expect(await ledger.changeJob('job-1', ['loading', 'running'], 'done', { nowMs: now + 5 })).toBe(true);
    expect(await ledger.job('job-1')).toMatchObject({ state: 'done', finishedMs: now + 5 });
    expect(await ledger.openJobs()).toEqual([]);
  });

  test('jobs are listed with the newest first', async () => {
    const { ledger } = opened;
    for (const at of [1, 3, 2]) await ledger.addJob(aJobRow({ jobId: `job-${at}`, createdMs: now + at }));
    expect((await ledger.jobs(2)).map(({ jobId }) => jobId)).toEqual(['job-3', 'job-2']);
    expect((await ledger.openJobs()).map(({ jobId }) => jobId)).toEqual(['job-1', 'job-2', 'job-3']);
  });

  test('of several one looks after a job; another takes over when it has not asked in time', async () => {
    const { ledger } = opened;
    const other = await opened.another();
    await run(aSlice(0, 1));
    expect([
      await ledger.holdJob('job-1', 'a', now, now + 100),
      await other.holdJob('job-1', 'b', now + 50, now + 150),
      await ledger.holdJob('job-1', 'a', now + 90, now + 200),
      await other.holdJob('job-1', 'b', now + 200, now + 300),
      await ledger.holdJob('job-1', 'a', now + 210, now + 310),
    ]).toEqual([true, false, true, true, false]);
    await ledger.addJob(aJobRow({ jobId: 'job-2' }), { holder: 'a', untilMs: now + 100 });
    expect(await other.holdJob('job-2', 'b', now + 50, now + 150)).toBe(false);
    expect(await ledger.holdJob('job-2', 'a', now + 50, now + 150)).toBe(true);
  });

  test('what was published, or looked after, lately is not published again', async () => {
    const { ledger } = opened;
    await run(...[0, 1, 2, 3].map((sliceNo) => aSlice(sliceNo, sliceNo + 1)));
    expect(await ledger.unpublishedSlices('job-1', 3)).toEqual([0, 1, 2]);
    await ledger.markPublished('job-1', [0, 1], now);
    expect(await ledger.publishedCount('job-1')).toBe(2);
    expect(await ledger.unpublishedSlices('job-1', 9)).toEqual([2, 3]);
    expect(await ledger.lostSlices('job-1', now - 1, 9)).toEqual([]);
    await ledger.keepSlice('job-1', 1, now + 50);
    expect(await ledger.lostSlices('job-1', now + 10, 9)).toEqual([0]);
    await ledger.completeSlice(anOutcome(0));
    expect(await ledger.lostSlices('job-1', now + 60, 9)).toEqual([1]);
    await ledger.forgetPublished('job-1');
    expect(await ledger.unpublishedSlices('job-1', 9)).toEqual([1, 2, 3]);
    expect(await ledger.publishedCount('job-1')).toBe(0);
  });

  test('results are read in order, and rows by user and rank', async () => {
    const { ledger } = opened;
    await run(aSlice(0, 5), aSlice(1, 3), aSlice(2, 4));
    await ledger.completeSlice(anOutcome(2, { rows: rowsOf(4) }));
    await ledger.completeSlice(anOutcome(0, { rows: rowsOf(5) }));
    await ledger.completeSlice(anOutcome(1, { rows: rowsOf(3) }));
    const bodies = await ledger.sliceResults('job-1', 0, 9);
    expect(bodies.map(({ sliceNo, body }) => [sliceNo, ...body])).toEqual([1, 2].map((no) => [no, no, 0, 255]));
    expect(await ledger.sliceResults('job-1', -1, 1)).toHaveLength(1);
    const rows: unknown[] = [];
    await ledger.jobRows('job-1', (page) => void rows.push(...page));
    expect(rows).toEqual([3, 4, 5].flatMap(rowsOf));
  });

  test('a slice that fails is tried again, and after the last try a dead letter with its reason', async () => {
    const { ledger } = opened;
    await run(aSlice(0, 7, 8));
    for (let attempt = 1; attempt <= sliceAttemptsMax; attempt++) {
      expect(await ledger.takeSlice('job-1', 0, now)).toMatchObject({ attempt });
      expect(await ledger.failSlice('job-1', 0, `planted ${attempt}`, now)).toBe(attempt < sliceAttemptsMax);
    }
    expect(await ledger.takeSlice('job-1', 0, now)).toBeNull();
    expect(await ledger.deadSlices('job-1', -1, 9)).toEqual([
      { ...aSlice(0, 7, 8), attempts: sliceAttemptsMax, reason: `planted ${sliceAttemptsMax}` },
    ]);
    expect(await ledger.completeSlice(anOutcome(0))).toBe(false);
    expect(await ledger.job('job-1')).toMatchObject({ slices: { dead: 1 }, retries: sliceAttemptsMax - 1 });
    expect([await ledger.retryDead('job-1'), await ledger.retryDead('job-1')]).toEqual([1, 0]);
    expect(await ledger.takeSlice('job-1', 0, now)).toMatchObject({ attempt: 1 });
  });

  test('a try that was taken back does not count, and the slice is to be published', async () => {
    const { ledger } = opened;
    await run(aSlice(0, 7));
    for (let stops = 0; stops < 2 * sliceAttemptsMax; stops++) {
      await ledger.markPublished('job-1', [0], now);
      expect(await ledger.takeSlice('job-1', 0, now)).toMatchObject({ attempt: 1 });
      expect(await ledger.releaseSlice('job-1', 0)).toBe(true);
      expect(await ledger.unpublishedSlices('job-1', 9)).toEqual([0]);
    }
    expect(await ledger.job('job-1')).toMatchObject({ slices: { waiting: 1, started: 0 }, retries: 0 });
    await ledger.completeSlice(anOutcome(0));
    expect(await ledger.releaseSlice('job-1', 0)).toBe(false);
  });

  test('a slice whose workers were all lost is a dead letter', async () => {
    const { ledger } = opened;
    await run(aSlice(0, 7));
    for (let attempt = 1; attempt <= sliceAttemptsMax; attempt++) await ledger.takeSlice('job-1', 0, now);
    expect(await ledger.takeSlice('job-1', 0, now)).toBeNull();
    expect((await ledger.deadSlices('job-1', -1, 9)).map(({ reason }) => reason)).toEqual([
      `${sliceAttemptsMax} workers took it and were lost`,
    ]);
  });

  test('nothing is written of a job that was cancelled; what was done stays', async () => {
    const { ledger } = opened;
    await run(aSlice(0, 1), aSlice(1, 2));
    await ledger.completeSlice(anOutcome(0));
    await ledger.takeSlice('job-1', 1, now);
    expect([await ledger.cancelJob('job-1', now), await ledger.cancelJob('job-1', now)]).toEqual([true, false]);
    expect(await ledger.completeSlice(anOutcome(1, { rows: rowsOf(2) }))).toBe(false);
    expect(await ledger.keepSlice('job-1', 1, now)).toBe(false);
    expect(await ledger.takeSlice('job-1', 1, now)).toBeNull();
    expect(await ledger.job('job-1')).toMatchObject({ state: 'cancelled', slices: { done: 1, cancelled: 1 } });
    expect(await ledger.sliceResults('job-1', -1, 9)).toHaveLength(1);
  });

  test('users with an event since a time come once each, in order', async () => {
    const { ledger } = opened;
    const at = aRating().time;
    const ratings = [9, 3].map((userId) => aRating({ userId })).concat(aRating({ userId: 1, time: at - 100 }));
    const segments = [3, 5].map((userId, place) =>
      aSegment({ userId, firstOffset: 10 * place, firstTime: at, lastTime: at }),
    );
    await ledger.commitWindow(aWindow(await ledger.claim('movielog1', 0), { ratings, segments }), noCsv);
    const timeMs = (at + 1) * 1_000;
    const judged = { itemId: 1, kind: 'ignored', minutes: 0, rating: 0, timeMs } as const;
    await ledger.addFeedback([8, 9].map((userId) => ({ ...judged, userId, idempotencyKey: 'k' })));
    const activeSince = async (since: number) => {
      const found: number[] = [];
      await ledger.activeUsers(since, (users) => void found.push(...users));
      return found;
    };
    expect(await activeSince(at)).toEqual([3, 5, 8, 9]);
    expect(await activeSince(at - 100)).toEqual([1, 3, 5, 8, 9]);
    expect(await activeSince(at + 2)).toEqual([]);
  });

  test('old jobs go with all that belongs to them, and others stay', async () => {
    const { ledger } = opened;
    await run(aSlice(0, 1));
    await ledger.completeSlice(anOutcome(0, { rows: rowsOf(1) }));
    await ledger.changeJob('job-1', ['running'], 'done', { nowMs: now });
    await ledger.addJob(aJobRow({ jobId: 'job-2' }));
    expect([await ledger.dropJobs(now, 9), await ledger.dropJobs(now + 1, 9)]).toEqual([0, 1]);
    expect([await ledger.job('job-1'), (await ledger.job('job-2'))?.state]).toEqual([null, 'loading']);
    expect(await ledger.sliceResults('job-1', -1, 9)).toEqual([]);
    await ledger.jobRows('job-1', () => expect.unreachable());
  });
}
