import type { Pool } from './pools.ts';

/** A living worker. `draining`: it finishes what it has and leaves. */
export interface Worker {
  id: string;
  pool: Pool;
  /** Its place in the row of its pool, which says whom it serves while a canary runs (`markOf`); null: alone, it serves all. */
  place: number | null;
  state: 'running' | 'draining';
  /** Base URL of its admin port. */
  admin: string;
  /** Wall clock, milliseconds since 1970. */
  startedAtMs: number;
}

/**
 * The seam to whatever runs the workers: processes here, containers or a cluster elsewhere. Workers live on when the autoscaler dies, and another
 * one finds them by `list`.
 */
export interface Scaler {
  /** Every living worker, whoever started it. */
  list(): Promise<Worker[]>;
  /** Resolves when it was started, not when it takes jobs. */
  start(pool: Pool, place: number | null): Promise<Worker>;
  /** Tells it to take nothing new, finish and leave; one that does not leave within the bound is ended. Resolves at once; unknown ids are no error. */
  drain(id: string): Promise<void>;
}
