import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import type { Logger } from '@reelay/shared/observability';
import { backoffMs, messageOf, type Clock } from '@reelay/shared/runtime';
import type { ReadyLists } from './load-ready-lists.ts';

export interface PlanFollower {
  readonly plan: Plan;
  /** The plan before this one, null at first. */
  readonly before: Plan | null;
  readonly lists: ReadyLists | null;
  /** Resolves when the lists of the plan in hand are loaded, or could not be. */
  settled(): Promise<void>;
  /** Takes a plan with a higher epoch, ignores any other. */
  adopt(plan: Plan): void;
  /** Loads nothing more. */
  stop(): void;
}

export interface PlanFollowerDeps {
  loadLists: (version: string) => Promise<ReadyLists>;
  /** Lists to begin with. */
  base: ReadyLists | null;
  log: Logger;
  clock: Clock;
}

const retry = { firstMs: 250, maxMs: 15_000 };

/**
 * The newest plan, and the ready lists of its stable version. Lists that cannot be loaded are tried again with growing pauses; until then the
 * ones in hand stay, withdrawn or not: they hold what was watched most, not what a model made of it.
 */
export function createPlanFollower({ loadLists, base, log, clock }: PlanFollowerDeps): PlanFollower {
  let plan = emptyPlan;
  let before: Plan | null = null;
  let lists = base;
  let stopped = false;
  let loading: Promise<void> = Promise.resolve();
  let cancelRetry: (() => void) | undefined;

  const load = async (wanted: Plan, attempt: number): Promise<void> => {
    const version = wanted.stable ?? wanted.canary;
    if (stopped || wanted !== plan || version === null || lists?.version === version) return;
    try {
      const loaded = await loadLists(version);
      if (wanted !== plan) return;
      lists = loaded;
      log.info({ version }, 'ready lists loaded');
    } catch (error) {
      log.error({ version, attempt, error: messageOf(error) }, 'ready lists cannot be loaded');
      if (stopped || wanted !== plan) return;
      cancelRetry = clock.after(backoffMs(attempt, retry), () => void load(wanted, attempt + 1));
    }
  };

  return {
    get plan() {
      return plan;
    },
    get before() {
      return before;
    },
    get lists() {
      return lists;
    },
    adopt(next) {
      if (stopped || next.epoch <= plan.epoch) return;
      before = plan === emptyPlan ? null : plan;
      plan = next;
      cancelRetry?.();
      log.info({ epoch: next.epoch, stable: next.stable, canary: next.canary, share: next.share }, 'plan adopted');
      loading = load(next, 1);
    },
    settled: () => loading,
    stop() {
      stopped = true;
      cancelRetry?.();
    },
  };
}
