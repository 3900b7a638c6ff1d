import { Counter, Gauge, type Registry } from '@reelay/shared/observability';
import type { ChangeReason } from './decide-workers.ts';
import type { Pool } from './pools.ts';

export type AutoscalerMetrics = ReturnType<typeof createAutoscalerMetrics>;

/** Reasons of a change, a closed set; `kept` never changes anything. */
export const changeReasons: readonly ChangeReason[] = ['load', 'backlog', 'late', 'idle', 'bounds'];

export const createAutoscalerMetrics = (registry: Registry) => {
  const gauge = (name: string, help: string) =>
    new Gauge<'pool'>({ name: `reelay_autoscaler_${name}`, help, labelNames: ['pool'], registers: [registry] });
  return {
    wanted: gauge('wanted_workers', 'Workers that the policy wants.'),
    running: gauge('running_workers', 'Workers that take jobs.'),
    draining: gauge('draining_workers', 'Workers that finish what they have and leave.'),
    crashLoop: gauge('crash_loop', '1 while workers die right after their start and none is started any more.'),
    blind: gauge('blind', '1 while the signals do not say how many workers are needed, so that what is stays.'),
    leading: new Gauge({
      name: 'reelay_autoscaler_leading',
      help: '1 when this is the autoscaler that acts, 0 when another one does.',
      registers: [registry],
    }),
    lastChange: new Gauge<'pool' | 'reason'>({
      name: 'reelay_autoscaler_last_change_info',
      help: `Reason of the last change, always 1: ${changeReasons.join(', ')}.`,
      labelNames: ['pool', 'reason'],
      registers: [registry],
    }),
    changes: new Counter<'pool' | 'reason'>({
      name: 'reelay_autoscaler_changes_total',
      help: 'Changes of the wanted number.',
      labelNames: ['pool', 'reason'],
      registers: [registry],
    }),
    deaths: new Counter<'pool'>({
      name: 'reelay_autoscaler_worker_deaths_total',
      help: 'Workers that ended without having been told to.',
      labelNames: ['pool'],
      registers: [registry],
    }),
  };
};

/** Shows the last change of a pool, and that alone. */
export function showChange(metrics: AutoscalerMetrics, pool: Pool, reason: ChangeReason): void {
  metrics.changes.inc({ pool, reason });
  for (const other of changeReasons) metrics.lastChange.remove({ pool, reason: other });
  metrics.lastChange.set({ pool, reason }, 1);
}
