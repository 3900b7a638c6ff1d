import type { Plan } from '@reelay/shared/contracts';
import type { Logger } from '@reelay/shared/observability';
import type { Plans } from '@reelay/shared/messaging';
import { AppError, errorCode, messageOf } from '@reelay/shared/runtime';
import type { ArtifactStore, ReleaseLedger, VersionRow } from '@reelay/shared/storage';
import { judgeCandidate, type Judgement } from './judge-candidate.ts';
import { verifyArtifact } from './verify-artifact.ts';

export interface ReleaseDeps {
  ledger: ReleaseLedger;
  artifacts: ArtifactStore;
  plans: Plans;
  log: Logger;
}

/**
 * One round: every candidate, in the order of the numbers, is released or refused.
 *
 * The plan changes before the row does, and readers hear of it last. A crash after any step leaves a candidate that the next round finds
 * again: already in the plan → only its row is missing; not in the plan → nothing happened yet. So a round may be repeated as often as it
 * takes. When somebody else changed the plan meanwhile the round ends, for what it knew is old; the next one goes on.
 */
export async function releaseVersions(deps: ReleaseDeps): Promise<void> {
  const rows = await deps.ledger.versions();
  for (const row of rows.filter(({ state }) => state === 'candidate')) {
    if (!(await settleCandidate(deps, row, rows))) return;
  }
}

/** False when another writer was faster. */
async function settleCandidate(deps: ReleaseDeps, row: VersionRow, rows: VersionRow[]): Promise<boolean> {
  const plan = await deps.ledger.plan();
  const { release, reason } = await judge(deps, row, stableNumber(plan, rows));
  if (!release && plan.stable !== row.id) {
    await deps.ledger.setVersionState(row.id, 'refused', reason);
    deps.log.warn({ version: row.id, reason }, 'version refused');
    return true;
  }
  const next = plan.stable === row.id ? plan : nextPlan(plan, row.id);
  if (next !== plan && !(await deps.ledger.changePlan(plan.epoch, next))) return false;
  await deps.ledger.setVersionState(row.id, 'released', reason);
  deps.log.info({ version: row.id, epoch: next.epoch, reason }, 'version released');
  // Best effort: the store may be away; whoever compares it with the ledger each second announces it then.
  await deps.plans.announce(next).catch((error: unknown) => {
    deps.log.warn({ epoch: next.epoch, error: messageOf(error) }, 'plan not announced yet');
  });
  return true;
}

/** What the store says for ever (missing, damaged) refuses the candidate; what may pass (store away) is thrown. */
async function judge({ artifacts }: ReleaseDeps, row: VersionRow, stable: number): Promise<Judgement> {
  if (row.number < stable) return { release: false, reason: `version ${stable} is newer and already stable` };
  try {
    return judgeCandidate((await verifyArtifact(artifacts, row.id)).metrics);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ARTIFACT_CORRUPT' && code !== 'ARTIFACT_NOT_FOUND') throw error;
    return { release: false, reason: `${code}: ${messageOf(error)}` };
  }
}

function stableNumber({ stable }: Plan, rows: VersionRow[]): number {
  if (stable === null) return 0;
  const number = rows.find(({ id }) => id === stable)?.number ?? Number.parseInt(stable, 10);
  if (Number.isInteger(number)) return number;
  throw new AppError('DATA_INVALID', `the plan names ${stable}, which the ledger does not know`);
}

/** Everybody on the new version; the salt is new, so that each release draws its canary users anew. */
const nextPlan = (plan: Plan, id: string): Plan => {
  const epoch = plan.epoch + 1;
  return { ...plan, epoch, stable: id, canary: null, share: 0, salt: `${epoch}.${id}` };
};
