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

export interface Lookup {
  userId: number;
  modelVersion: string;
  limitMs: number;
  /** An answer of this user that is in memory: where it is fresh, only the version of the history has to be read. */
  held?: Answer;
}

/** Never throws and never takes longer than `limitMs`. */
export async function findCachedAnswer(lookup: Lookup, deps: LookupDeps): Promise<Found> {
  const { held, modelVersion } = lookup;
  try {
    return held?.modelVersion === modelVersion ? await checkHeld(lookup, held, deps) : await readBoth(lookup, deps);
  } catch (error) {
    return { kind: errorCode(error) === 'TIMEOUT' ? 'slow' : 'down' };
  }
}

/** One small question instead of a whole answer; where the history went on, somebody may have kept a newer answer. */
async function checkHeld(lookup: Lookup, held: Answer, deps: LookupDeps): Promise<Found> {
  const { userId, modelVersion, limitMs } = lookup;
  const startedMs = deps.clock.monotonicMs();
  const history = await settleWithin(deps.clock, limitMs, deps.histories.version(userId));
  if (history === 'late') return { kind: 'slow' };
  if (history.state === 'lost') return { kind: 'lost', kept: held, history };
  if (isFresh(held, modelVersion, history)) return { kind: 'fresh', answer: held };
  return readBoth({ ...lookup, limitMs: limitMs - (deps.clock.monotonicMs() - startedMs) }, deps);
}

/** Both are read in the same tick, so that a pipelining store makes one trip of them. */
async function readBoth({ userId, modelVersion, limitMs }: Lookup, deps: LookupDeps): Promise<Found> {
  const { answers, histories, clock } = deps;
  const found = await settleWithin(clock, limitMs, Promise.all([answers.latest(userId), histories.version(userId)]));
  if (found === 'late') return { kind: 'slow' };
  const [kept, history] = found;
  if (history.state === 'lost') return { kind: 'lost', kept, history };
  return kept !== null && isFresh(kept, modelVersion, history)
    ? { kind: 'fresh', answer: kept }
    : { kind: 'stale', kept, history };
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
