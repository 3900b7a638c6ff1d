import { manifest, type ModelMetrics, type Plan } from '@reelay/shared/contracts';
import type { AdminRoute } from '@reelay/shared/observability';
import type { ReleaseLedger, VersionRow, VersionState } from '@reelay/shared/storage';

export interface ReleasesView {
  plan: Plan;
  versions: { number: number; id: string; state: VersionState; reason: string; metrics: ModelMetrics | null }[];
}

/** `GET /admin/releases`: the plan and every version, newest last. */
export function releaseRoutes(ledger: ReleaseLedger): Record<string, AdminRoute> {
  return {
    'GET /admin/releases': async (): Promise<ReleasesView> => ({
      plan: await ledger.plan(),
      versions: (await ledger.versions()).map(viewOf),
    }),
  };
}

const viewOf = (row: VersionRow): ReleasesView['versions'][number] => ({
  number: row.number,
  id: row.id,
  state: row.state,
  reason: row.reason,
  metrics: metricsOf(row.manifest),
});

/** A row that cannot be read must not hide the others. */
function metricsOf(text: string): ModelMetrics | null {
  try {
    return manifest.pick({ metrics: true }).parse(JSON.parse(text)).metrics;
  } catch {
    return null;
  }
}
