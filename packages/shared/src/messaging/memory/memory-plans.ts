import type { Plan } from '../../contracts/index.ts';
import { AppError } from '../../runtime/index.ts';
import { tell, type Report } from '../listeners.ts';
import type { Plans } from '../plans.ts';
import type { Subscription } from '../work-queue.ts';

/** The plan inside one process. */
export class MemoryPlans implements Plans {
  readonly #report: Report;
  #plan: Plan | null = null;
  #watchers = new Set<(plan: Plan) => void>();
  #closed = false;

  constructor({ onProblem }: { onProblem?: Report } = {}) {
    this.#report = onProblem ?? (() => {});
  }

  isUp(): boolean {
    return !this.#closed;
  }

  async announce(plan: Plan): Promise<void> {
    this.#assertOpen();
    if (this.#plan && plan.epoch <= this.#plan.epoch) return;
    this.#plan = structuredClone(plan);
    for (const onPlan of this.#watchers) onPlan(structuredClone(plan));
  }

  async current(): Promise<Plan | null> {
    this.#assertOpen();
    return structuredClone(this.#plan);
  }

  async watch(onPlan: (plan: Plan) => void): Promise<Subscription> {
    this.#assertOpen();
    const watcher = (plan: Plan): void => tell('plans', onPlan, plan, this.#report);
    this.#watchers.add(watcher);
    if (this.#plan) watcher(structuredClone(this.#plan));
    return { stop: async () => void this.#watchers.delete(watcher) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watchers.clear();
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('PORT_CLOSED', 'plans are closed');
  }
}
