import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UserHistory, UserResult } from '@reelay/shared/contracts';
import type { TakenSlice } from '@reelay/shared/storage';
import { chooseModels } from './choose-models.ts';
import { holdThroughOutage } from './hold-through-outage.ts';
import { letSinglesFirst } from './let-singles-first.ts';
import { scoreChunk } from './score-chunk.ts';
import type { SliceDeps } from './slice-deps.ts';

/** Histories of one trip: some milliseconds of the store and of this thread. */
const usersPerTrip = 128;
/** Users scored between two turns of the event loop: some milliseconds. As quick a user as in any larger batch. */
const usersPerChunk = 32;
/** Users whose history is being rebuilt are asked for again for so long. */
const lostMsMax = 20_000;
const askAgainMs = 1_000;

/**
 * The lists of a slice, in the order of its users; each is kept as its user's latest answer on the way. The next histories are fetched
 * while these are scored. Throws what `holdThroughOutage` throws.
 */
export async function makeLists(slice: TakenSlice, deps: SliceDeps, signal: AbortSignal): Promise<UserResult[]> {
  const results: UserResult[] = [];
  const trips = chunksOf(slice.userIds, usersPerTrip);
  let coming = trips.length > 0 ? readHistories(trips[0], deps, signal) : Promise.resolve([]);
  let keeping: Promise<unknown> = Promise.resolve();
  try {
    for (const [at, userIds] of trips.entries()) {
      const histories = await coming;
      if (at + 1 < trips.length) coming = readHistories(trips[at + 1], deps, signal);
      const made = await scoreTrip(userIds, histories, slice, deps, signal);
      await keeping;
      keeping = keepAnswers(made.answers, deps, signal);
      results.push(...made.results);
    }
  } finally {
    await Promise.allSettled([coming, keeping]);
  }
  await keeping;
  return results;
}

/** Each chunk is a batch of the kernel; users of two versions are in two. */
async function scoreTrip(
  userIds: Int32Array,
  histories: UserHistory[],
  { job }: TakenSlice,
  { models, plan, singlesInHand, clock }: SliceDeps,
  signal: AbortSignal,
) {
  const shares = await holdThroughOutage(async () => chooseModels(userIds, plan(), models), { clock, signal });
  const results: UserResult[] = [];
  const answers = [];
  for (const { loaded, places } of shares) {
    for (let start = 0; start < places.length; start += usersPerChunk) {
      await letSinglesFirst(singlesInHand, clock);
      const some = places.slice(start, start + usersPerChunk);
      const chunk = scoreChunk(loaded, some.map((place) => histories[place]), job); // prettier-ignore
      for (const [at, place] of some.entries()) results[place] = chunk.results[at];
      answers.push(...chunk.answers);
    }
  }
  return { results, answers };
}

/** Asking for a lost history puts its user first in the rebuild, so it is worth a wait. */
async function readHistories(userIds: Int32Array, deps: SliceDeps, signal: AbortSignal): Promise<UserHistory[]> {
  const { histories, clock } = deps;
  const untilMs = clock.monotonicMs() + lostMsMax;
  for (;;) {
    const found = await holdThroughOutage(() => histories.read([...userIds]), { clock, signal });
    if (!found.some(({ state }) => state === 'lost') || clock.monotonicMs() >= untilMs || signal.aborted) return found;
    await clock.sleep(askAgainMs, signal);
  }
}

async function keepAnswers(
  answers: Parameters<SliceDeps['answers']['keep']>[0],
  deps: SliceDeps,
  signal: AbortSignal,
): Promise<void> {
  for (let start = 0; start < answers.length; start += usersPerChunk) {
    if (start > 0) await nextTurn();
    const some = answers.slice(start, start + usersPerChunk);
    await holdThroughOutage(() => deps.answers.keep(some), { clock: deps.clock, signal });
  }
}

const chunksOf = (userIds: Int32Array, size: number): Int32Array[] =>
  Array.from({ length: Math.ceil(userIds.length / size) }, (_, at) => userIds.subarray(at * size, (at + 1) * size));
