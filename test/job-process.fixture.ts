/**
 * `node job-process.fixture.ts <folder>`: a gateway and a worker in one process, on queues and stores in memory; ledger and model are files in the folder, so
 * that they are there after a kill. Says the gateway's URL in a line.
 */
import { join } from 'node:path';
import { emptyPlan, type RecommendJob } from '@reelay/shared/contracts';
import { openAnswers, openHistories, openPlans, openSliceQueue, openWorkQueue } from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { putTinyModel, tinyFirstItemId } from '@reelay/shared/testing';
import { createGateway, gatewayConfig } from '../services/gateway/src/index.ts';
import { createInferenceWorker, inferenceWorkerConfig } from '../services/inference-worker/src/index.ts';

const [, , folder = ''] = process.argv;
const version = '1-aaaaaa';
const settings = { LEDGER_URL: `sqlite:${join(folder, 'ledger.db')}`, JOB_SLICE_USERS: '200' };
const ports = {
  queue: await openWorkQueue<RecommendJob>('memory:'),
  slices: await openSliceQueue('memory:'),
  answers: await openAnswers('memory:'),
  histories: await openHistories('memory:'),
  plans: await openPlans('memory:'),
  artifacts: await openArtifactStore(`file:${join(folder, 'artifacts')}`),
};
const model = { version, items: 3_000, factors: 16, users: 1_000 };
const { catalogue } = await putTinyModel(ports.artifacts, model).catch(() => ({ catalogue: [] }));
const ledger = await openLedger(settings.LEDGER_URL);
const before = Array.from({ length: tinyFirstItemId - 1 }, (_, at) => `before+${at}+1900`);
if (catalogue.length > 0) await ledger.itemIds([...before, ...catalogue.map(({ id }) => id)]);
await ledger.close();
await ports.histories.markComplete();
await ports.plans.announce({ ...emptyPlan, epoch: 1, stable: version });

const common = () => ({
  log: createLogger('jobs', { level: 'silent' }),
  registry: createRegistry(),
  clock: systemClock,
});
const worker = createInferenceWorker({
  ...ports,
  ...common(),
  config: inferenceWorkerConfig.parse({ ...settings, ADMIN_PORT: 'off' }),
});
const gateway = createGateway({
  ...ports,
  ...common(),
  config: gatewayConfig.parse({ ...settings, PORT: 0, HOST: '127.0.0.1', ADMIN_PORT: 'off' }),
});
await worker.start();
await gateway.start();
console.log(`http://127.0.0.1:${gateway.port}`);
