import { emptyPlan } from '@reelay/shared/contracts';
import type { Answers, Histories, SliceQueue } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import { Turns, type Clock, type Own } from '@reelay/shared/runtime';
import { createLazyLedger } from '@reelay/shared/storage';
import type { InferenceWorkerConfig } from '../config.ts';
import type { OpenedModels } from '../open-models.ts';
import { handleSlice } from './handle-slice.ts';
import type { SliceDeps } from './slice-deps.ts';
import type { SliceMetrics } from './slice-metrics.ts';
import { createSliceThread } from './slice-thread.ts';
import { takeSlices, type HandleSlice } from './take-slices.ts';

interface SlicesDeps {
  config: InferenceWorkerConfig;
  slices?: SliceQueue;
  histories: Histories;
  answers: Answers;
  log: Logger;
  clock: Clock;
}

interface SliceParts {
  opened: OpenedModels;
  metrics: SliceMetrics;
  singlesInHand: () => number;
}

/** Takes slices of large jobs beside the single ones, where the settings say so. */
export async function openSlices({ slices, ...deps }: SlicesDeps, parts: SliceParts, own: Own): Promise<void> {
  if (slices === undefined || !deps.config.SLOTS.includes('batch')) return;
  await takeSlices(slices, mayBeApart(deps.config) ? apart(deps, parts, own) : here(deps, parts, own), own);
}

/** What is in the memory of this thread can be reached from no other; and who has nothing else to do needs no second thread. */
const mayBeApart = ({ SLOTS, REDIS_URL }: InferenceWorkerConfig): boolean =>
  SLOTS.some((slot) => slot !== 'batch') && REDIS_URL !== 'memory:';

function apart({ config, log, clock }: SlicesDeps, { metrics }: SliceParts, own: Own): HandleSlice {
  const thread = createSliceThread({ config, metrics, log, clock });
  own(() => thread.close());
  return (delivery, stopping) => thread.handle(delivery, stopping);
}

function here(deps: SlicesDeps, parts: SliceParts, own: Own): HandleSlice {
  const all = { ...sliceDepsOf(deps, parts, own), metrics: parts.metrics };
  return (delivery, stopping) => handleSlice(delivery, all, stopping);
}

/** The ledger is opened with the first slice and closed at the end. */
export function sliceDepsOf(
  { config, histories, answers, log, clock }: Omit<SlicesDeps, 'slices'>,
  { opened, singlesInHand }: Omit<SliceParts, 'metrics'>,
  own: Own,
): Omit<SliceDeps, 'metrics'> {
  const ledger = createLazyLedger(config.LEDGER_URL);
  own(() => ledger.close());
  const { models } = opened;
  const plan = () => opened.plan ?? emptyPlan;
  const turns = new Turns();
  return { ledger: () => ledger.get(), models, plan, histories, answers, singlesInHand, turns, log, clock };
}
