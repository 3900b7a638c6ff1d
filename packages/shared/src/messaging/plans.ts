import type { Plan } from '../contracts/index.ts';
import type { Subscription } from './work-queue.ts';

/**
 * How everybody hears of the plan: within 2 s of `announce` (a notice, plus a poll each second). A lower epoch than the
 * one known is ignored, on both sides. Readers keep the last plan while the store is away.
 */
export interface Plans {
  isUp(): boolean;
  announce(plan: Plan): Promise<void>;
  /** The announced plan, or null when none is (a store that was emptied, say). */
  current(): Promise<Plan | null>;
  /**
   * Calls `onPlan` with the current plan, if any, before it resolves, and with newer ones as they come (one that was replaced at once
   * may be skipped). While the store is away it resolves without a plan, which comes later.
   */
  watch(onPlan: (plan: Plan) => void): Promise<Subscription>;
  close(): Promise<void>;
}
