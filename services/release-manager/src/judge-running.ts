import type { Plan } from '@reelay/shared/contracts';
import { messageOf, type Clock } from '@reelay/shared/runtime';
import { applyEvent, type ApplyDeps } from './apply-event.ts';
import type { ReleaseRules } from './machine/events.ts';
import type { CanaryEvidence } from './verdict/evidence.ts';
import { judgeCanary, type Verdict } from './verdict/judge-canary.ts';
import type { VerdictRules } from './verdict/rules.ts';

/** What was seen of the two tracks since the canary has its share; null when it cannot be told now. */
export type ReadEvidence = (plan: Plan) => Promise<CanaryEvidence | null>;

/** A look at a canary, with every figure. */
export interface CanaryLook extends Verdict {
  version: string;
  epoch: number;
  /** Milliseconds since 1970. */
  at: number;
}

export interface JudgeDeps extends ApplyDeps {
  clock: Pick<Clock, 'now'>;
  rules: ReleaseRules;
  verdictRules: VerdictRules;
  evidence?: ReadEvidence;
}

/**
 * One look at a running canary: promote, widen, abort, or wait. Null without a canary. When nothing can be seen of it, time passes all the
 * same, so that a canary that nobody can judge is not kept for ever.
 */
export async function judgeRunning(deps: JudgeDeps): Promise<CanaryLook | null> {
  const plan = await deps.ledger.plan();
  if (plan.canary === null) return null;
  const evidence = await read(deps, plan);
  const verdict: Verdict =
    evidence === null
      ? { outcome: 'undecided', reason: 'there is no evidence of the canary', findings: [] }
      : judgeCanary(evidence, deps.verdictRules);
  const context = { by: 'reelay', at: deps.clock.now(), reason: verdict.reason, rules: deps.rules };
  const event = { type: 'verdict', outcome: verdict.outcome, epoch: evidence?.epoch ?? plan.epoch } as const;
  const decision = await applyEvent(deps, event, context);
  if (decision.kind !== 'changed') await applyEvent(deps, { type: 'time' }, context);
  return { version: plan.canary, epoch: plan.epoch, at: context.at, ...verdict };
}

/** Whatever keeps the evidence away must not keep a canary alive: it counts as none, and time passes. */
async function read({ evidence, log }: JudgeDeps, plan: Plan): Promise<CanaryEvidence | null> {
  try {
    return (await evidence?.(plan)) ?? null;
  } catch (error) {
    log.warn({ version: plan.canary, error: messageOf(error) }, 'the evidence of the canary cannot be read');
    return null;
  }
}
