import { join } from 'node:path';
import type { RecommendJob } from '@reelay/shared/contracts';
import {
  openAnswers,
  openBatchQueue,
  openHistories,
  openPlans,
  openSliceQueue,
  openWorkQueue,
} from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import { emptyPlan } from '@reelay/shared/contracts';
import { createThreadService } from '../../services/all-in-one/src/embedded/start-thread.ts';
import { createGateway, gatewayConfig } from '../../services/gateway/src/index.ts';
import { answerQuestions } from './part-process.ts';
import { historyOf } from './place-model.ts';

/** The embedded way as `npm start` composes it: the gateway on this thread, the worker in one of its own, queue and stores in memory. */
const [ARTIFACTS_URL = '', version = '', asked = '', length = '', items = '', home = ''] = process.argv.slice(2);
const shared = {
  queue: await openWorkQueue<RecommendJob>('memory:'),
  batches: await openBatchQueue('memory:'),
  slices: await openSliceQueue('memory:'),
  answers: await openAnswers('memory:'),
  histories: await openHistories('memory:'),
  plans: await openPlans('memory:'),
};
for (let userId = 1; userId <= Number(asked); userId++) {
  await shared.histories.merge(historyOf(userId, Number(length), Number(items)));
}
await shared.histories.markComplete();
await shared.plans.announce({ ...emptyPlan, epoch: 1, stable: version });
// Receipts are taken as the ingestor takes them, and not written.
await shared.batches.consume('receipts', { inHand: 10 }, async (batches) => batches.map(() => 'done'));

const environment = { ARTIFACTS_URL };
const thread = {
  name: 'inference-worker' as const,
  environment,
  logFile: join(home, 'embedded.log'),
  logLevel: 'info' as const,
};
await createThreadService(thread, shared, (error) => {
  throw error;
}).start();
const gateway = createGateway({
  ...shared,
  config: gatewayConfig.parse({ PORT: 0, ADMIN_PORT: 0, HOST: '127.0.0.1', ARTIFACTS_URL }),
  artifacts: await openArtifactStore(ARTIFACTS_URL),
  log: createLogger('gateway', { level: 'warn' }),
  registry: createRegistry(),
  clock: systemClock,
});
await gateway.start();

answerQuestions(async () => ({ port: gateway.port, adminPort: gateway.adminPort }));
