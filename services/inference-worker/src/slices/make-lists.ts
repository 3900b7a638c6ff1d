import type { Answer, UserHistory, UserResult } from '@reelay/shared/contracts';
import type { TakenSlice } from '@reelay/shared/storage';
import { chooseModels } from './choose-models.ts';
import { holdThroughOutage } from './hold-through-outage.ts';
import { letSinglesFirst } from './let-singles-first.ts';
import { scoreChunk } from './score-chunk.ts';
import type { SliceDeps } from './slice-deps.ts';

/**
 * Users whose histories come in one trip and who are scored between two turns of the event loop: some milliseconds. Kernel and store take no longer a
 * user than with more of them, and what is fetched ahead is gone before it is collected: trips of 128 cost a tenth more.
 */
const usersPerTrip = 32;
/** Users whose history is being rebuilt are asked for again for so long. */
const lostMsMax = 20_000;
const askAgainMs = 1_000;

/**
 * Makes the lists of a slice and hands them on in the order of its users; each is kept as its user's latest answer on the way. The next histories are
 * fetched while these are scored. Throws what `holdThroughOutage` throws.
 */
export async function makeLists(
  slice: TakenSlice,
  handOn: (results: UserResult[]) => void,
  deps: SliceDeps,
  signal: AbortSignal,
): Promise<void> {
  const trips = chunksOf(slice.userIds, usersPerTrip);
  const keeper = createKeeper(deps, signal);
  let coming = trips.length > 0 ? readHistories(trips[0], deps, signal) : Promise.resolve([]);
  try {
    for (const [at, userIds] of trips.entries()) {
      const histories = await coming;
      if (at + 1 < trips.length) coming = readHistories(trips[at + 1], deps, signal);
      // Heard when its turn comes.
      coming.catch(() => {});
      handOn(await scoreTrip({ userIds, histories, slice, keeper }, deps, signal));
    }
  } finally {
    await Promise.allSettled([coming, keeper.kept()]);
  }
  await keeper.kept();
}

interface Trip {
  userIds: Int32Array;
  histories: UserHistory[];
  slice: TakenSlice;
  keeper: Keeper;
}

/** Users of two versions are two batches of the kernel. */
async function scoreTrip(
  { userIds, histories, slice: { job }, keeper }: Trip,
  { models, plan, singlesInHand, clock }: SliceDeps,
  signal: AbortSignal,
): Promise<UserResult[]> {
  const shares = await holdThroughOutage(async () => chooseModels(userIds, plan(), models), { clock, signal });
  const results: UserResult[] = [];
  for (const { loaded, places } of shares) {
    await letSinglesFirst(singlesInHand, clock);
    const chunk = scoreChunk(loaded, places.map((place) => histories[place]), job); // prettier-ignore
    for (const [at, place] of places.entries()) results[place] = chunk.results[at];
    await keeper.keep(chunk.answers);
  }
  return results;
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

interface Keeper {
  /** Resolves when what came before is kept: these are on their way then. */
  keep(answers: Answer[]): Promise<void>;
  /** Resolves when all are. */
  kept(): Promise<void>;
}

/** One trip at a time, while others are scored. */
function createKeeper({ answers: store, clock }: SliceDeps, signal: AbortSignal): Keeper {
  let last: Promise<void> = Promise.resolve();
  return {
    async keep(answers) {
      await last;
      last = holdThroughOutage(() => store.keep(answers), { clock, signal });
      // Heard by who comes next.
      last.catch(() => {});
    },
    kept: () => last,
  };
}

const chunksOf = (userIds: Int32Array, size: number): Int32Array[] =>
  Array.from({ length: Math.ceil(userIds.length / size) }, (_, at) => userIds.subarray(at * size, (at + 1) * size));
