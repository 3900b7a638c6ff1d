import type { Answer } from '@reelay/shared/contracts';
import type { Answers, Histories, HistoryVersion } from '@reelay/shared/messaging';
import { errorCode, type Clock } from '@reelay/shared/runtime';
import { settleWithin } from './settle-within.ts';

/**
 * `fresh`: made from the plan's version and the user's present history. `stale`: anything else, or nothing. `lost`: the history store is
 * being rebuilt, so nothing can be said. `slow` and `down`: the store did not answer in time, or said that it is away.
 */
export type Found =
  | { kind: 'fresh'; answer: Answer }
  | { kind: 'stale' | 'lost'; kept: Answer | null; history: HistoryVersion }
  | { kind: 'slow' | 'down' };

export interface LookupDeps {
  answers: Pick<Answers, 'latest'>;
  histories: Pick<Histories, 'version'>;
  clock: Clock;
}

/** Both are read in the same tick, so that a pipelining store makes one trip of them. Never throws and never takes longer than `limitMs`. */
export async function findCachedAnswer(
  { userId, modelVersion, limitMs }: { userId: number; modelVersion: string; limitMs: number },
  { answers, histories, clock }: LookupDeps,
): Promise<Found> {
  try {
    const both = Promise.all([answers.latest(userId), histories.version(userId)]);
    const found = await settleWithin(clock, limitMs, both);
    if (found === 'late') return { kind: 'slow' };
    const [kept, history] = found;
    if (history.state === 'lost') return { kind: 'lost', kept, history };
    return kept !== null && isFresh(kept, modelVersion, history)
      ? { kind: 'fresh', answer: kept }
      : { kind: 'stale', kept, history };
  } catch (error) {
    return { kind: errorCode(error) === 'TIMEOUT' ? 'slow' : 'down' };
  }
}

/** Both versions must be current: the same model, and not one event of the user's since. */
function isFresh(answer: Answer, modelVersion: string, history: HistoryVersion): boolean {
  return (
    answer.modelVersion === modelVersion &&
    answer.problem === undefined &&
    history.state !== 'lost' &&
    answer.history.version === history.version
  );
}
