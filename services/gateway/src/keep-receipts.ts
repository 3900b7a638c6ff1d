import type { Plan } from '@reelay/shared/contracts';
import type { Router } from 'express';
import { buildVersion } from '@reelay/shared/observability';
import { AppError, messageOf, type Own } from '@reelay/shared/runtime';
import { createLazyLedger } from '@reelay/shared/storage';
import { createDataVersions } from './data-versions.ts';
import { createReceiptExplainer } from './explain-receipt.ts';
import type { EnquiryDeps } from './ask-enquiry.ts';
import { createEnquiries } from './ask-enquiry.ts';
import { findReceipt } from './find-receipt.ts';
import { createReceiptGatherer, type ReceiptGatherer } from './gather-receipts.ts';
import { createKeyedRoutes } from './keyed-routes.ts';
import { listAnswers } from './list-answers.ts';
import { createReceiptMetrics, type ReceiptMetrics } from './receipt-metrics.ts';
import { createKeyCheck } from './require-key.ts';
import { createBatchSender, type BatchSender } from './send-batches.ts';
import type { GatewayDeps } from './service.ts';
import { createBatchSpill, type BatchSpill } from './spill-batches.ts';
import { createFeedbackTaker, type FeedbackTaker } from './take-feedback.ts';

export interface Keeping {
  /** Null where there is no queue for them. */
  receipts: ReceiptGatherer | null;
  routes: Router;
}

/** What stays the same over stops and starts. */
export interface ReceiptStore {
  spill: BatchSpill | undefined;
  metrics: ReceiptMetrics;
}

export function createReceiptStore({ config, registry }: Pick<GatewayDeps, 'config' | 'registry'>): ReceiptStore {
  const folder = config.RECEIPTS_SPILL_DIR;
  const spill = folder === undefined ? undefined : createBatchSpill(folder, config.RECEIPTS_SPILL_BYTES);
  return { spill, metrics: createReceiptMetrics(registry, () => spill?.bytes ?? 0) };
}

/** All that keeps what was answered and what was said of it, and the routes to it. Undone after the public port is closed: then nothing more comes. */
export async function openKeeping(
  deps: GatewayDeps,
  store: ReceiptStore,
  asking: EnquiryDeps,
  own: Own,
): Promise<Keeping> {
  const { config, artifacts, clock } = deps;
  const plan = (): Plan => asking.follower.plan;
  const ledger = createLazyLedger(config.LEDGER_URL);
  own(() => ledger.close());
  const sender = await openSender(deps, store, own);
  const receipts = sender && openGatherer(deps, plan, sender, own);
  const feedback = sender && openFeedback(createFeedbackTaker({ sender, clock }), own);
  const explain = createReceiptExplainer(artifacts);
  const routes = createKeyedRoutes({
    checkKey: createKeyCheck(config.API_KEYS),
    provenance: async (requestId) => findReceipt(requestId, await ledger.get(), explain),
    async feedback(body) {
      if (feedback === null) throw new AppError('UNSUPPORTED', 'this gateway has no queue for feedback');
      await feedback.take(body);
    },
    enquiries: createEnquiries(asking),
    answersOf: async (userId, query) =>
      listAnswers(userId, query, { ledger: await ledger.get(), explain, nowMs: clock.now() }),
  });
  return { receipts, routes };
}

async function openSender(
  { batches, log, clock }: GatewayDeps,
  { spill, metrics }: ReceiptStore,
  own: Own,
): Promise<BatchSender | null> {
  if (batches === undefined) return null;
  // A folder that cannot be read costs receipts during an outage; not starting would cost answers now.
  await spill
    ?.load()
    .catch((error: unknown) => log.error({ error: messageOf(error) }, 'the spill folder cannot be used'));
  return createBatchSender({ queue: batches, spill, metrics, log, clock }, own);
}

function openGatherer(deps: GatewayDeps, plan: () => Plan, sender: BatchSender, own: Own): ReceiptGatherer {
  const dataVersions = createDataVersions(deps.artifacts);
  const { commit } = buildVersion();
  const gatherer = createReceiptGatherer({ sender, dataVersions, plan, commit, clock: deps.clock });
  own(() => gatherer.close());
  return gatherer;
}

function openFeedback(taker: FeedbackTaker, own: Own): FeedbackTaker {
  own(() => taker.close());
  return taker;
}
