import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import type { Answers, Histories, Plans, SliceQueue } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import type { Clock, Own } from '@reelay/shared/runtime';
import { createLazyLedger } from '@reelay/shared/storage';
import type { InferenceWorkerConfig } from '../config.ts';
import type { SliceDeps } from './slice-deps.ts';
import type { SliceMetrics } from './slice-metrics.ts';
import { takeSlices } from './take-slices.ts';

interface SlicesDeps {
  config: InferenceWorkerConfig;
  slices?: SliceQueue;
  histories: Histories;
  answers: Answers;
  plans: Plans;
  log: Logger;
  clock: Clock;
}

/** Takes slices of large jobs beside the single ones, where the settings say so. */
export async function openSlices(
  { config, slices, plans, ...deps }: SlicesDeps,
  {
    models,
    metrics,
    singlesInHand,
  }: { models: SliceDeps['models']; metrics: SliceMetrics; singlesInHand: () => number },
  own: Own,
): Promise<void> {
  if (slices === undefined || !config.SLOTS.includes('batch')) return;
  const ledger = createLazyLedger(config.LEDGER_URL);
  own(() => ledger.close());
  let plan: Plan = emptyPlan;
  const watching = await plans.watch((next) => void (plan = next));
  own(() => watching.stop());
  await takeSlices(
    { ...deps, slices, models, singlesInHand, metrics, ledger: () => ledger.get(), plan: () => plan },
    own,
  );
}
