import type { Plan } from '@reelay/shared/contracts';
import type { VersionRow, VersionState } from '@reelay/shared/storage';

export interface RowChange {
  id: string;
  state: VersionState;
  reason: string;
}

/**
 * What the rows of the versions must still learn from the plan. The plan changes first and alone decides; whoever dies before the rows
 * follow leaves this for the next round. Nothing to change: an empty list, so it may be asked as often as one likes.
 */
export function rowChanges(plan: Plan, rows: readonly VersionRow[]): RowChange[] {
  const reason = plan.release?.reason;
  const changes: RowChange[] = [];
  for (const row of rows) {
    if (row.id === plan.stable && row.state !== 'released') {
      changes.push({ id: row.id, state: 'released', reason: reason ?? row.reason });
    }
    if (plan.withdrawn.includes(row.id) && row.state !== 'withdrawn') {
      changes.push({ id: row.id, state: 'withdrawn', reason: reason ?? row.reason });
    }
  }
  return changes;
}
