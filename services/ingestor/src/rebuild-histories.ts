import type { HistoryEvent } from '@reelay/shared/contracts';
import type { Histories } from '@reelay/shared/messaging';
import { createService, messageOf, type Clock, type Service } from '@reelay/shared/runtime';
import type { InteractionRow, ReadingLedger } from '@reelay/shared/storage';
import type { HistoryMerger } from './merge-histories.ts';

const lookMs = 1_000;
const wantedLookMs = 100;
const wantedAtOnce = 200;
const missedAtOnce = 500;

export interface RebuildDeps {
  histories: Histories;
  ledger: Pick<ReadingLedger, 'interactions'>;
  merger: HistoryMerger;
  /** Events of lines that were gathered and are not in the ledger yet. */
  openEvents(): Iterable<HistoryEvent>;
  /**
   * How long a rebuild lasts at least: another ingestor that shares the store looks each second, and must see that it was lost to
   * merge what it alone has gathered.
   */
  rebuildMsMin: number;
  clock: Clock;
  onProblem(message: string): void;
  onRebuilt(fields: { users: number; durationMs: number }): void;
}

/** Looks each second whether the store lost something, and brings it back from the ledger and the open windows. */
export function createHistoryRebuilder(deps: RebuildDeps): Service {
  return createService('history-rebuilder', async (own) => {
    const abort = new AbortController();
    const running = watch(deps, abort.signal);
    own(async () => {
      abort.abort();
      await running;
    });
  });
}

async function watch(deps: RebuildDeps, signal: AbortSignal): Promise<void> {
  let wasUp = deps.histories.isUp();
  while (!signal.aborted) {
    const isUp = deps.histories.isUp();
    try {
      if (isUp) await bringBack(deps, !wasUp, signal);
      wasUp = isUp;
    } catch (error) {
      wasUp = false;
      deps.onProblem(messageOf(error));
    }
    await deps.clock.sleep(lookMs, signal);
  }
}

/** What the store needs now: nothing, the users that missed something, or everybody. */
export async function bringBack(deps: RebuildDeps, wasAway: boolean, signal: AbortSignal): Promise<void> {
  const { histories, merger } = deps;
  const complete = await histories.isComplete();
  const missed = merger.takeMissed();
  if (complete && missed !== 'everybody' && missed.size === 0 && !wasAway) return;
  try {
    await mergeOpen(deps);
    if (!complete || missed === 'everybody') await rebuild(deps, complete, signal);
    else await mergeUsers(deps, [...missed]);
  } catch (error) {
    merger.miss(missed);
    throw error;
  }
}

async function mergeOpen({ merger, openEvents }: RebuildDeps): Promise<void> {
  for (const event of openEvents()) merger.add(event);
  await merger.push();
}

async function mergeUsers(deps: RebuildDeps, users: number[]): Promise<void> {
  for (let start = 0; start < users.length; start += missedAtOnce) {
    const userIds = users.slice(start, start + missedAtOnce);
    await deps.ledger.interactions((page) => deps.histories.merge(page.map(eventOf)), { userIds });
  }
}

/** Everybody, page after page, while those who are asked for come first. */
async function rebuild(deps: RebuildDeps, complete: boolean, signal: AbortSignal): Promise<void> {
  const startedAt = deps.clock.monotonicMs();
  const finished = new AbortController();
  const wanted = serveWanted(deps, AbortSignal.any([signal, finished.signal]));
  const users = new Set<number>();
  try {
    await deps.ledger.interactions(async (page) => {
      if (signal.aborted) throw new Error('stopped in the middle of a rebuild');
      await deps.histories.merge(page.map(eventOf));
      for (const { userId } of page) users.add(userId);
    });
    await deps.merger.settled();
    const left = startedAt + deps.rebuildMsMin - deps.clock.monotonicMs();
    if (!complete && left > 0) await deps.clock.sleep(left, signal);
  } finally {
    finished.abort();
    await wanted;
  }
  if (!complete && !signal.aborted) await deps.histories.markComplete();
  deps.onRebuilt({ users: users.size, durationMs: Math.round(deps.clock.monotonicMs() - startedAt) });
}

async function serveWanted(deps: RebuildDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const users = await deps.histories.takeWanted(wantedAtOnce);
      if (users.length > 0) {
        await mergeUsers(deps, users);
        await deps.histories.markRebuilt(users);
        continue;
      }
    } catch (error) {
      deps.onProblem(messageOf(error));
    }
    await deps.clock.sleep(wantedLookMs, signal);
  }
}

/** The same minutes that merging line by line would have left. */
const eventOf = ({ userId, itemId, reached, rating, ratedAt, lastTime }: InteractionRow): HistoryEvent => ({
  userId,
  itemId,
  minutes: reached,
  rating,
  ratedAt,
  time: lastTime,
});
