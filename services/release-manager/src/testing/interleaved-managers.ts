import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import { createMemoryLogger } from '@reelay/shared/observability';
import { AppError } from '@reelay/shared/runtime';
import type { VersionRow } from '@reelay/shared/storage';
import type { ApplyDeps } from '../apply-event.ts';

export const killed = new Error('killed');

/** How a step of a manager ends: it is done, or the manager dies before or after it was done. */
export type StepEnd = 'done' | 'killed before' | 'killed after';

interface Step {
  perform: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/**
 * A ledger and a plan store in memory of which each call waits for its turn, so that a test decides in which order the steps of several
 * managers happen and which of them are never done.
 */
export function createTurns(ids: readonly string[], compareAndSet = true) {
  const waiting: Step[] = [];
  const written: Plan[] = [emptyPlan];
  const rows: VersionRow[] = ids.map(candidateRow);
  let heard: Plan = emptyPlan;

  const step = <T>(perform: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      waiting.push({ perform, resolve: resolve as (value: unknown) => void, reject });
    });

  function changePlan(expected: number, next: Plan): boolean {
    const current = written.at(-1)!;
    if (compareAndSet && current.epoch !== expected) return false;
    written.push({ ...next, epoch: current.epoch + 1 });
    return true;
  }

  function setVersionState(id: string, state: VersionRow['state'], reason: string): void {
    const row = rows.find((one) => one.id === id);
    if (!row) throw new AppError('NOT_FOUND', id);
    Object.assign(row, { state, reason });
  }

  const deps: ApplyDeps = {
    ledger: {
      plan: () => step(() => written.at(-1)!),
      versions: () => step(() => rows.map((row) => ({ ...row }))),
      changePlan: (expected, next) => step(() => changePlan(expected, next)),
      setVersionState: (id, state, reason) => step(() => setVersionState(id, state, reason)),
    },
    plans: {
      announce: (plan) =>
        step(() => {
          if (plan.epoch > heard.epoch) heard = plan;
        }),
    },
    log: createMemoryLogger().log,
  };

  /** Ends one of the waiting steps; false when none waits. */
  function turn(pick: number, end: StepEnd): boolean {
    if (waiting.length === 0) return false;
    const [{ perform, resolve, reject }] = waiting.splice(pick % waiting.length, 1);
    const result = end === 'killed before' ? undefined : perform();
    if (end === 'done') resolve(result);
    else reject(killed);
    return true;
  }

  return { deps, turn, written, rows, heard: () => heard };
}

function candidateRow(id: string, at: number): VersionRow {
  return { id, number: at + 1, state: 'candidate', reason: '', manifest: '{}', createdAt: 0 };
}
