import type { Plan } from '@reelay/shared/contracts';
import type { VersionRow } from '@reelay/shared/storage';
import { noticeOfPlan, noticeOfRefusal, type Notice } from './notices.ts';

export interface DecidedThings {
  /** The last plans, in any order. */
  plans: readonly Plan[];
  rows: readonly VersionRow[];
}

/** Milliseconds since 1970: what was decided between them. */
export interface DecidedBetween {
  from: number;
  until: number;
}

/**
 * Messages that should have been said and were not: whoever decided died between the decision and its message. `isKnown` tells by key; the oldest
 * come first. Of a refusal no time is kept: that of its version counts.
 */
export function missingNotices(
  { plans, rows }: DecidedThings,
  isKnown: (key: string) => boolean,
  { from, until }: DecidedBetween,
): Notice[] {
  const ofPlans = plans.map((plan) => ({ at: plan.release?.at ?? 0, notice: noticeOfPlan(plan) }));
  const refused = rows.filter(({ state }) => state === 'refused');
  const ofRows = refused.map(({ id, reason, createdAt }) => ({ at: createdAt, notice: noticeOfRefusal(id, reason) }));
  return [...ofPlans, ...ofRows]
    .filter(({ at }) => at >= from && at < until)
    .toSorted((one, other) => one.at - other.at)
    .flatMap(({ notice }) => (notice === null || isKnown(notice.key) ? [] : [notice]));
}
