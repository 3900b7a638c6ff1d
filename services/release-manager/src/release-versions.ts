import type { Plan } from '@reelay/shared/contracts';
import { AppError, errorCode, messageOf, type Clock } from '@reelay/shared/runtime';
import type { ArtifactStore, ReleaseLedger, VersionRow } from '@reelay/shared/storage';
import { applyEvent, settleRows, type ApplyDeps } from './apply-event.ts';
import { defaultGateRules, judgeCandidate, type GateRules, type Judgement } from './gate/judge-candidate.ts';
import type { ReleaseRules } from './machine/events.ts';
import { verifyArtifact } from './verify-artifact.ts';

export interface ReleaseDeps extends Omit<ApplyDeps, 'ledger'> {
  ledger: ReleaseLedger;
  artifacts: ArtifactStore;
  clock: Pick<Clock, 'now'>;
  /** Everybody at once when absent. */
  rules?: ReleaseRules;
  gateRules?: GateRules;
  /** Hears of every refusal of this process; must neither wait nor throw. */
  onRefused?: (version: string, reason: string) => void;
}

export const atOnce: ReleaseRules = { steps: [100], undecidedAfterMs: Infinity };

/**
 * One round: what an earlier process left is finished, then every candidate, in the order of the numbers, goes through the gate and into
 * the release machine. While a canary runs, or releases are held, candidates wait as they are.
 *
 * A crash after any step leaves a candidate that the next round finds again: already in the plan → only its row is missing; not in the
 * plan → nothing happened yet. So a round may be repeated as often as it takes.
 */
export async function releaseVersions(deps: ReleaseDeps): Promise<void> {
  await settleRows(deps, await deps.ledger.plan());
  const rows = await deps.ledger.versions();
  for (const row of rows.filter(({ state }) => state === 'candidate')) {
    const plan = await deps.ledger.plan();
    if (plan.canary !== null || plan.release?.held) return;
    await settleCandidate(deps, row, stableNumber(plan, rows));
  }
}

async function settleCandidate(deps: ReleaseDeps, row: VersionRow, stable: number): Promise<void> {
  const { release, reason } = await judge(deps, row, stable);
  if (!release) return refuse(deps, row, reason);
  const context = { by: 'reelay', at: deps.clock.now(), reason, rules: deps.rules ?? atOnce };
  await applyEvent(deps, { type: 'accepted', version: row.id }, context);
}

async function refuse(deps: ReleaseDeps, { id }: VersionRow, reason: string): Promise<void> {
  // Another manager may have put it into the plan meanwhile, by the command of a person.
  const { stable, canary } = await deps.ledger.plan();
  if (id === stable || id === canary) return;
  await deps.ledger.setVersionState(id, 'refused', reason);
  deps.log.warn({ version: id, reason }, 'version refused');
  deps.onRefused?.(id, reason);
}

/** What the store says for ever (missing, damaged) refuses the candidate; what may pass (store away) is thrown. */
async function judge(
  { artifacts, gateRules = defaultGateRules }: ReleaseDeps,
  row: VersionRow,
  stable: number,
): Promise<Judgement> {
  if (row.number < stable) return { release: false, reason: `version ${stable} is newer and already stable` };
  try {
    const { metrics, comparison } = await verifyArtifact(artifacts, row.id);
    return judgeCandidate(metrics, comparison ?? null, gateRules);
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
