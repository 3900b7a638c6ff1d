import type { Slot } from '@reelay/shared/contracts';

/** Two kinds of work that scale apart: single requests, which somebody waits for, and slices of batch jobs. */
export const pools = ['single', 'batch'] as const;
export type Pool = (typeof pools)[number];

/** The queues that a pool's workers take jobs from. */
export const slotsOf: Record<Pool, readonly Slot[]> = { single: ['stable', 'canary'], batch: ['batch'] };
