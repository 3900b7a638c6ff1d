import type { Plan } from '@reelay/shared/contracts';
import type { Plans } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import { AppError, messageOf } from '@reelay/shared/runtime';
import type { ReleaseLedger } from '@reelay/shared/storage';
import { decide } from './machine/decide.ts';
import type { Decision, EventContext, ReleaseChange, ReleaseEvent } from './machine/events.ts';
import { rowChanges } from './machine/settle-rows.ts';

export interface ApplyDeps {
  ledger: Pick<ReleaseLedger, 'plan' | 'changePlan' | 'versions' | 'setVersionState'>;
  plans: Pick<Plans, 'announce'>;
  log: Logger;
  /** Hears of every change that this process made; must neither wait nor throw. */
  onChange?: (change: ReleaseChange, plan: Plan, before: Plan) => void;
}

/** Losing this often in a row against other writers is no race any more. */
const attemptsMax = 10;

/**
 * Puts an event into the plan of the ledger: read, decide, change by compare-and-set, then the rows, then the readers. When another
 * writer was faster, the event meets the plan as it is now. A crash after any step loses nothing: before the change nothing happened,
 * after it the next round settles the rows and announces.
 */
export async function applyEvent(
  deps: ApplyDeps,
  event: ReleaseEvent,
  context: Omit<EventContext, 'versions'>,
): Promise<Decision> {
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const before = await deps.ledger.plan();
    const rows = await deps.ledger.versions();
    const versions = new Map(rows.map(({ id, state }) => [id, state]));
    const decision = decide(before, event, { ...context, versions });
    if (decision.kind !== 'changed') return decision;
    if (!(await deps.ledger.changePlan(before.epoch, decision.plan))) continue;
    deps.onChange?.(decision.change, decision.plan, before);
    await settleRows(deps, decision.plan);
    await announceOnce(deps, decision.plan);
    return decision;
  }
  throw new AppError('BUSY', 'the plan is changed by others all the time; try again');
}

/** Rows follow the plan; also what a process that died has left. */
export async function settleRows({ ledger, log }: Pick<ApplyDeps, 'ledger' | 'log'>, plan: Plan): Promise<void> {
  for (const { id, state, reason } of rowChanges(plan, await ledger.versions())) {
    await ledger.setVersionState(id, state, reason);
    log.info(
      { version: id, epoch: plan.epoch, reason },
      state === 'released' ? 'version released' : 'version withdrawn',
    );
  }
}

/** Best effort: the store may be away; whoever compares it with the ledger each second announces it then. */
async function announceOnce({ plans, log }: ApplyDeps, plan: Plan): Promise<void> {
  await plans.announce(plan).catch((error: unknown) => {
    log.warn({ epoch: plan.epoch, error: messageOf(error) }, 'plan not announced yet');
  });
}
