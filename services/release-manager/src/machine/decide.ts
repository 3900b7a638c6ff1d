import type { Plan } from '@reelay/shared/contracts';
import { abortCanary, promoteVersion, rollBack, setHeld, startCanary, widenCanary } from './change-plan.ts';
import type { Decision, EventContext, ReleaseEvent } from './events.ts';

const ignored = (reason: string): Decision => ({ kind: 'ignored', reason });
const refused = (reason: string): Decision => ({ kind: 'refused', reason });

/**
 * The release machine: what an event makes of a plan. Pure; defined for every event in every state (docs/releases.md has the table).
 *
 * States: *empty* (no stable version yet), *idle* (a stable version alone), *canary* (stable, and a share of the users on another). A plan
 * says its state itself, so a machine that was killed goes on from the plan in the ledger.
 */
export function decide(plan: Plan, event: ReleaseEvent, context: EventContext): Decision {
  switch (event.type) {
    case 'accepted':
      return accept(plan, event.version, context);
    case 'verdict':
      return followVerdict(plan, event, context);
    case 'time':
      return passTime(plan, context);
    case 'promote':
      return promote(plan, event.version, context);
    case 'abort':
      return plan.canary === null ? refused('there is no canary to abort') : abortCanary(plan, context);
    case 'rollback':
      return rollback(plan, event.version, context);
    case 'hold':
    case 'resume':
      return hold(plan, event.type === 'hold', context);
  }
}

function accept(plan: Plan, version: string, context: EventContext): Decision {
  const { stable, canary, withdrawn, release } = plan;
  if (version === stable || version === canary) return ignored(`${version} is in the plan already`);
  if (!context.versions.has(version)) return refused(`${version} is not known`);
  if (withdrawn.includes(version)) return ignored(`${version} is withdrawn`);
  // Whoever has no version is better off with any that passed the gate.
  if (stable === null) return promoteVersion(plan, version, context);
  if (canary !== null) return ignored(`${canary} is in its canary; ${version} waits`);
  if (release?.held) return ignored(`releases are held; ${version} waits`);
  const [first] = context.rules.steps;
  return first >= 100 ? promoteVersion(plan, version, context) : startCanary(plan, version, first, context);
}

function followVerdict(
  plan: Plan,
  { outcome, epoch }: ReleaseEvent & { type: 'verdict' },
  context: EventContext,
): Decision {
  if (plan.canary === null) return ignored('there is no canary');
  if (epoch !== plan.epoch) return ignored(`that verdict is of epoch ${epoch}, the plan of ${plan.epoch}`);
  if (outcome === 'worse') return abortCanary(plan, context);
  if (outcome === 'undecided') return ignored('not enough evidence yet');
  if (plan.release?.held) return ignored('the canary is held');
  const next = context.rules.steps.find((percent) => percent > plan.share * 100 + 1e-9) ?? 100;
  return next >= 100 ? promoteVersion(plan, plan.canary, context) : widenCanary(plan, next, context);
}

function passTime(plan: Plan, context: EventContext): Decision {
  const { canary, release } = plan;
  if (canary === null) return ignored('there is no canary');
  if (release?.held) return ignored('the canary is held');
  const { undecidedAfterMs } = context.rules;
  const hours = +(undecidedAfterMs / 3_600_000).toFixed(3);
  if (context.at - (release?.stepAt ?? context.at) < undecidedAfterMs) return ignored('there is time left');
  return abortCanary(plan, { ...context, reason: `undecided after ${hours} h: ${context.reason}` });
}

function promote(plan: Plan, asked: string | undefined, context: EventContext): Decision {
  const version = asked ?? plan.canary;
  if (version === null) return refused('there is no canary to promote; name a version');
  if (!context.versions.has(version)) return refused(`${version} is not known`);
  if (version === plan.stable) return refused(`${version} is stable already`);
  if (plan.canary !== null && plan.canary !== version)
    return refused(`${plan.canary} is in its canary; abort it first`);
  return promoteVersion(plan, version, context);
}

function rollback(plan: Plan, version: string, context: EventContext): Decision {
  if (plan.stable === null) return refused('nothing was released yet');
  if (version === plan.stable) return refused(`${version} is stable already`);
  if (version === plan.canary) return refused(`${version} is in its canary; promote or abort it`);
  const state = context.versions.get(version);
  if (state === undefined) return refused(`${version} is not known`);
  if (state !== 'released' && state !== 'withdrawn') return refused(`${version} never served (${state}); promote it`);
  return rollBack(plan, version, context);
}

function hold(plan: Plan, held: boolean, context: EventContext): Decision {
  if (plan.release === undefined) return refused('nothing was released yet');
  if (plan.release.held === held) return ignored(held ? 'it is held already' : 'it is not held');
  return setHeld(plan, plan.release, held, context);
}
