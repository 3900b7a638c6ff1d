import { tracks, type Plan, type Track } from '@reelay/shared/contracts';

/** Whom a worker serves while a canary runs. `both`: the only worker, or one of a platform that keeps none apart. */
export const workerSlots = ['stable', 'canary', 'both'] as const;
export type WorkerSlot = (typeof workerSlots)[number];

export interface WorkerRole {
  slot: WorkerSlot;
  /** A worker marked `canary` serves stable until the canary's share of users is above this, so that their number can follow the share. */
  aboveShare: number;
}

type Served = Pick<Plan, 'stable' | 'canary' | 'share'>;

const servesCanary = ({ slot, aboveShare }: WorkerRole, { canary, share }: Served): boolean =>
  canary !== null && slot === 'canary' && share > aboveShare;

/**
 * The versions that a worker holds, in the order in which it loads them. Workers of stable never touch the canary's: whatever it breaks, it
 * breaks elsewhere. Workers of the canary keep stable warm: after a promotion or an abort they take part at once.
 */
export function versionsFor(role: WorkerRole, plan: Served): string[] {
  const { stable, canary } = plan;
  const wanted = role.slot === 'both' || servesCanary(role, plan) ? [stable, canary] : [stable];
  return [...new Set(wanted)].filter((version) => version !== null);
}

/**
 * The queues that a worker takes jobs from. One of the canary's leaves stable's only when it has loaded the canary: so one that cannot load it
 * is not lost for the others. Without a canary all take both: the canary's queue then holds what gateways that have not heard yet, or find the
 * way to stable slow, put there.
 */
export function tracksFor(role: WorkerRole, plan: Served | undefined, isLoaded: (version: string) => boolean): Track[] {
  if (role.slot === 'both' || plan === undefined || plan.canary === null) return [...tracks];
  if (!servesCanary(role, plan)) return ['stable'];
  return isLoaded(plan.canary) ? ['canary'] : [...tracks];
}
