import type { Plan } from '@reelay/shared/contracts';
import type { Plans } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import type { ReleaseLedger } from '@reelay/shared/storage';

export interface AnnounceDeps {
  ledger: Pick<ReleaseLedger, 'plan'>;
  plans: Plans;
  log: Logger;
}

/** `announced`: readers had lost it or knew an older one. `ahead`: they know a newer one than the ledger, which they will not give up. */
export type Announcement = 'none' | 'same' | 'announced' | 'ahead';

/**
 * Compares what readers hear with what is decided and announces it again where needed: the store was emptied, was away at the time, or
 * the release-manager died between the two. Throws what the ports throw; the caller tries again.
 */
export async function announcePlan({
  ledger,
  plans,
  log,
}: AnnounceDeps): Promise<{ plan: Plan; outcome: Announcement }> {
  const plan = await ledger.plan();
  if (plan.epoch === 0) return { plan, outcome: 'none' };
  const heard = await plans.current();
  if (heard !== null && heard.epoch > plan.epoch) {
    log.error({ epoch: plan.epoch, announced: heard.epoch }, 'the announced plan is newer than the ledger');
    return { plan, outcome: 'ahead' };
  }
  if (heard?.epoch === plan.epoch) return { plan, outcome: 'same' };
  await plans.announce(plan);
  log.info({ epoch: plan.epoch, announced: heard?.epoch ?? null }, 'plan announced again');
  return { plan, outcome: 'announced' };
}
