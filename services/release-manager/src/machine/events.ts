import type { Plan } from '@reelay/shared/contracts';
import type { VersionState } from '@reelay/shared/storage';

/** What the evidence says of the canary, relative to stable. `undecided`: not enough yet. */
export const verdictOutcomes = ['better-or-equal', 'worse', 'undecided'] as const;
export type VerdictOutcome = (typeof verdictOutcomes)[number];

/**
 * All that can happen to a release. `accepted`: a candidate passed the gate. `verdict`: counts for the plan of that epoch alone, since
 * a share that changed meanwhile has other evidence. `time`: the clock went on. The others are commands of a person.
 */
export type ReleaseEvent =
  | { type: 'accepted'; version: string }
  | { type: 'verdict'; outcome: VerdictOutcome; epoch: number }
  | { type: 'time' }
  | { type: 'promote'; version?: string }
  | { type: 'abort' }
  | { type: 'rollback'; version: string }
  | { type: 'hold' }
  | { type: 'resume' };

export type ReleaseEventType = ReleaseEvent['type'];

export interface ReleaseRules {
  /** Shares of users in percent, rising, the last one 100 = stable for everybody. `[100]`: everybody at once, the version before one rollback away (blue-green). */
  steps: readonly number[];
  /** A canary that no verdict promoted within this time (of one step) is aborted. */
  undecidedAfterMs: number;
}

/** Who tells it, when, why, and what the ledger knows. */
export interface EventContext {
  by: string;
  at: number;
  reason: string;
  rules: ReleaseRules;
  versions: ReadonlyMap<string, VersionState>;
}

/** What happened to users, for records and messages. */
export type ReleaseChange = 'canary' | 'widened' | 'promoted' | 'aborted' | 'rolled-back' | 'held' | 'resumed';

/** `ignored`: nothing to do, as in "it is so already". `refused`: a command that makes no sense now, with the reason for a person. */
export type Decision =
  | { kind: 'changed'; change: ReleaseChange; plan: Plan }
  | { kind: 'ignored'; reason: string }
  | { kind: 'refused'; reason: string };
