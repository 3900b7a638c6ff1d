import type { Plan, ReleaseRecord, ReleaseState } from '@reelay/shared/contracts';
import type { Decision, EventContext, ReleaseChange } from './events.ts';

/**
 * Withdrawn versions that a plan names, newest last. Cached lists of older ones have long expired; the ledger keeps their state for ever.
 */
export const withdrawnMax = 100;

type Told = Pick<EventContext, 'by' | 'at' | 'reason'>;
const told = ({ by, at, reason }: Told): Told => ({ by, at, reason });

const changed = (change: ReleaseChange, before: Plan, next: Partial<Plan> & { release: ReleaseRecord }): Decision => ({
  kind: 'changed',
  change,
  plan: { ...before, ...next, epoch: before.epoch + 1 },
});

/** The salt is new, so that each release draws its users anew; it stays while the share grows, so that nobody goes back and forth. */
export function startCanary(plan: Plan, version: string, percent: number, context: EventContext): Decision {
  const release = beganNow(plan, version, 'canary', context);
  return changed('canary', plan, { canary: version, share: percent / 100, salt: saltOf(plan, version), release });
}

export function widenCanary(plan: Plan, percent: number, context: EventContext): Decision {
  const release: ReleaseRecord = { ...recordOf(plan, context), stepAt: context.at, ...told(context) };
  return changed('widened', plan, { share: percent / 100, release });
}

/** Everybody on `version`, whatever it was before; the old stable version is not withdrawn: its lists are merely old. */
export function promoteVersion(plan: Plan, version: string, context: EventContext): Decision {
  const startedAt = plan.canary === version ? recordOf(plan, context).startedAt : context.at;
  const release = { ...beganNow(plan, version, 'promoted', context), startedAt };
  const salt = plan.canary === version ? plan.salt : saltOf(plan, version);
  const alone = { stable: version, canary: null, share: 0, salt };
  return changed('promoted', plan, { ...alone, withdrawn: withdraw(plan, [], version), release });
}

/** All go back to the stable version, and no list of the canary is shown any more. */
export function abortCanary(plan: Plan, context: EventContext): Decision {
  const release: ReleaseRecord = { ...recordOf(plan, context), state: 'aborted', held: false, ...told(context) };
  const alone = { canary: null, share: 0, withdrawn: withdraw(plan, [plan.canary], plan.stable) };
  return changed('aborted', plan, { ...alone, release });
}

/** `version` for everybody; what it takes the place of, and a canary beside it, are withdrawn. */
export function rollBack(plan: Plan, version: string, context: EventContext): Decision {
  const release = beganNow(plan, version, 'rolled-back', context);
  const withdrawn = withdraw(plan, [plan.canary, plan.stable], version);
  return changed('rolled-back', plan, { stable: version, canary: null, share: 0, withdrawn, release });
}

/** Time does not count while held: after it the step has its whole time again. */
export function setHeld(plan: Plan, release: ReleaseRecord, held: boolean, context: EventContext): Decision {
  const stepAt = held ? release.stepAt : context.at;
  return changed(held ? 'held' : 'resumed', plan, { release: { ...release, held, stepAt, ...told(context) } });
}

const saltOf = (plan: Plan, version: string): string => `${plan.epoch + 1}.${version}`;

function beganNow(plan: Plan, version: string, state: ReleaseState, context: EventContext): ReleaseRecord {
  const { at } = context;
  return { version, state, startedAt: at, stepAt: at, held: false, previous: plan.stable, ...told(context) };
}

/** A canary of an earlier program has no record: it counts as begun now. */
const recordOf = (plan: Plan, context: EventContext): ReleaseRecord =>
  plan.release ?? beganNow(plan, plan.canary ?? '', 'canary', context);

/** Each once, `serving` not at all. */
function withdraw({ withdrawn }: Plan, more: (string | null)[], serving: string | null): string[] {
  const all = [...withdrawn, ...more].filter((id): id is string => id !== null && id !== serving);
  return [...new Set(all)].slice(-withdrawnMax);
}
