import type { Plan } from '@reelay/shared/contracts';
import { Counter, Gauge, type Registry } from '@reelay/shared/observability';
import type { VersionRow, VersionState } from '@reelay/shared/storage';

const states: readonly VersionState[] = ['candidate', 'refused', 'released', 'withdrawn'];

export type ReleaseMetrics = ReturnType<typeof createReleaseMetrics>;

export const createReleaseMetrics = (registry: Registry) => {
  const registers = [registry];
  return {
    rounds: new Counter({
      name: 'reelay_release_rounds_total',
      help: 'Rounds by outcome: done, failed.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    announcements: new Counter({
      name: 'reelay_release_plan_reannounced_total',
      help: 'Times that readers had lost the plan or knew an older one.',
      registers,
    }),
    verdicts: new Counter({
      name: 'reelay_release_verdicts_total',
      help: 'Looks at a running canary by outcome: better-or-equal, worse, undecided.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    share: new Gauge({ name: 'reelay_release_canary_ratio', help: 'Share of users on the canary, 0 to 1.', registers }),
    epoch: new Gauge({ name: 'reelay_release_plan_epoch', help: 'Epoch of the plan in the ledger.', registers }),
    versions: new Gauge({
      name: 'reelay_release_versions',
      help: `Versions by state: ${states.join(', ')}.`,
      labelNames: ['state'] as const,
      registers,
    }),
    stable: new Gauge({
      name: 'reelay_release_stable_info',
      help: 'The stable version, always 1; absent before the first release.',
      labelNames: ['version'] as const,
      registers,
    }),
  };
};

export function showReleases(metrics: ReleaseMetrics, plan: Plan, versions: readonly VersionRow[]): void {
  metrics.epoch.set(plan.epoch);
  metrics.share.set(plan.share);
  for (const state of states) metrics.versions.set({ state }, versions.filter((row) => row.state === state).length);
  metrics.stable.reset();
  if (plan.stable !== null) metrics.stable.set({ version: plan.stable }, 1);
}
