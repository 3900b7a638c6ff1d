import type { Plan } from '@reelay/shared/contracts';
import type { Logger } from '@reelay/shared/observability';
import { backoffMs, errorCode, messageOf, type Clock } from '@reelay/shared/runtime';
import type { LoadedModel } from './load-model.ts';
import type { WorkerMetrics } from './metrics.ts';

export interface ModelShelf {
  get(version: string): LoadedModel | undefined;
  readonly versions: string[];
  /** Loads what the plan names and drops, later, what it does not. Ignores an epoch that is not higher. */
  adopt(plan: Plan): void;
  /** Settles when the newest plan's versions are loaded, or failed to. */
  settled(): Promise<void>;
  /** Loads and drops nothing more. */
  stop(): void;
}

export interface ModelShelfDeps {
  load: (version: string) => Promise<LoadedModel>;
  /** Those of a plan that this worker holds, in the order of loading. */
  versionsOf: (plan: Plan) => string[];
  keepOldMs: number;
  /** Versions have come, or gone. */
  onChange?: () => void;
  /** Memory outside of the heap can be had back: that of models that have gone, and of the files that the first ones were made from. */
  onDropped?: () => void;
  metrics: Pick<WorkerMetrics, 'loads'>;
  log: Logger;
  clock: Clock;
}

const retry = { firstMs: 250, maxMs: 15_000 };

/**
 * The models that can answer. A new version stands beside the old ones before anything is dropped, so no job finds an empty shelf; a
 * version that cannot be loaded changes nothing and is tried again with growing pauses, until another plan comes.
 */
export function createModelShelf({ load, versionsOf, keepOldMs, ...deps }: ModelShelfDeps): ModelShelf {
  const { onChange, onDropped, metrics, log, clock } = deps;
  const models = new Map<string, LoadedModel>();
  let plan: Plan | undefined;
  let stopped = false;
  let working: Promise<void> = Promise.resolve();
  let cancelTimer: (() => void) | undefined;

  const loadOne = async (version: string): Promise<boolean> => {
    if (models.has(version)) return true;
    try {
      const loaded = await load(version);
      if (!stopped) models.set(version, loaded);
      metrics.loads.inc({ outcome: 'loaded' });
      log.info({ version, items: loaded.catalogue.length }, 'model loaded');
      onChange?.();
      return true;
    } catch (error) {
      metrics.loads.inc({ outcome: 'failed' });
      log.error({ version, code: errorCode(error), error: messageOf(error) }, 'model not loaded; the old ones stay');
      return false;
    }
  };
  const drop = (isOld: (version: string) => boolean): void => {
    const old = [...models.keys()].filter(isOld);
    for (const version of old) {
      models.delete(version);
      log.info({ version }, 'model dropped');
    }
    if (old.length === 0) return;
    onChange?.();
    onDropped?.();
  };
  const dropOld = (wanted: string[]): void => drop((version) => !wanted.includes(version));
  const follow = async (wanted: Plan, attempt: number): Promise<void> => {
    if (stopped || wanted !== plan) return;
    const isFirst = models.size === 0;
    let complete = true;
    // One after the other: each load needs the memory of a whole model.
    for (const version of versionsOf(wanted)) complete = (await loadOne(version)) && complete;
    // Nobody waits for an answer yet. Later the files go with the next model that is dropped, since a collection takes some milliseconds.
    if (isFirst && models.size > 0) onDropped?.();
    if (stopped || wanted !== plan) return;
    cancelTimer = complete
      ? clock.after(keepOldMs, () => dropOld(versionsOf(wanted)))
      : clock.after(backoffMs(attempt, retry), () => enqueue(wanted, attempt + 1));
  };
  const enqueue = (wanted: Plan, attempt: number): void => {
    working = working.then(() => follow(wanted, attempt));
  };

  return {
    get: (version) => models.get(version),
    get versions() {
      return [...models.keys()];
    },
    adopt(next) {
      if (stopped || (plan && next.epoch <= plan.epoch)) return;
      plan = next;
      cancelTimer?.();
      drop((version) => next.withdrawn.includes(version));
      enqueue(next, 1);
    },
    settled: () => working,
    stop() {
      stopped = true;
      cancelTimer?.();
    },
  };
}
