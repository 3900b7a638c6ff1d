import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPlan, type RecommendJob } from '@reelay/shared/contracts';
import {
  openAnswers,
  openBatchQueue,
  openEventLog,
  openHistories,
  openPlans,
  openWorkQueue,
  type BatchQueue,
} from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock, type Service } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger, type Ledger } from '@reelay/shared/storage';
import { putTinyModel } from '@reelay/shared/testing';
import { createGateway, gatewayConfig } from '../services/gateway/src/index.ts';
import { createInferenceWorker, inferenceWorkerConfig } from '../services/inference-worker/src/index.ts';
import { createIngestor, ingestorConfig } from '../services/ingestor/src/index.ts';

interface ReceiptWorldOptions {
  /** `memory:` shares one queue, `amqp://…` has a connection for the gateway and one for the ingestor. */
  queueUrl: string;
  /** In place of the ingestor's ledger. */
  ledgerOf?: (ledger: Ledger) => Ledger;
  /** In place of the gateway's queue. */
  queueOf?: (queue: BatchQueue) => BatchQueue;
}

export interface ReceiptWorld {
  ledger: Ledger;
  /** Asks for these users, some at a time; ids of the requests that were answered with 200. */
  ask(userIds: number[]): Promise<string[]>;
  /** Stops the ingestor and starts another one. */
  restartIngestor(): Promise<void>;
  restartGateway(): Promise<void>;
  /** Receipts that the present gateway put on its disk, as its metrics say. */
  spilled(): Promise<number>;
  close(): Promise<void>;
}

const atOnce = 20;

/** Gateway, worker and ingestor around a tiny model: all that a receipt passes. */
export async function openReceiptWorld(options: ReceiptWorldOptions): Promise<ReceiptWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-receipts-'));
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const own = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const port = await opening;
    undo.push(() => port.close());
    return port;
  };
  const run = async <T extends Service>(service: T): Promise<T> => {
    undo.push(() => service.stop());
    await service.start();
    return service;
  };
  const namespace = `receipts-${process.pid}-${Date.now()}`;
  const urls = { EVENT_LOG_URL: `sqlite:${folder}/events.db`, LEDGER_URL: `sqlite:${folder}/ledger.db` };
  const shared = {
    queue: await own(openWorkQueue<RecommendJob>('memory:')),
    answers: await own(openAnswers('memory:')),
    histories: await own(openHistories('memory:')),
    plans: await own(openPlans('memory:')),
    artifacts: await own(openArtifactStore(`file:${folder}/artifacts`)),
    log: createMemoryLogger().log,
    clock: systemClock,
  };
  const ledger = await own(openLedger(urls.LEDGER_URL));
  const eventLog = await own(openEventLog(urls.EVENT_LOG_URL));
  const sending = await own(openBatchQueue(options.queueUrl, { namespace }));
  const taking = options.queueUrl === 'memory:' ? sending : await own(openBatchQueue(options.queueUrl, { namespace }));
  await shared.histories.markComplete();
  await putTinyModel(shared.artifacts, { version: '1-aaaaaa' });
  await shared.plans.announce({ ...emptyPlan, epoch: 1, stable: '1-aaaaaa', salt: 'first' });
  await run(
    createInferenceWorker({
      ...shared,
      registry: createRegistry(),
      config: inferenceWorkerConfig.parse({ ADMIN_PORT: 'off' }),
    }),
  );

  const startIngestor = async () => {
    const its = await own(openLedger(urls.LEDGER_URL));
    const config = ingestorConfig.parse({ ...urls, REDIS_URL: 'memory:', CSV_DIR: join(folder, 'csv') });
    const ports = { ...shared, eventLog, batches: taking, ledger: options.ledgerOf?.(its) ?? its };
    return run(createIngestor({ ...ports, registry: createRegistry(), config }));
  };
  let registry = createRegistry();
  const startGateway = () => {
    registry = createRegistry();
    return run(
      createGateway({
        ...shared,
        batches: options.queueOf?.(sending) ?? sending,
        registry,
        config: gatewayConfig.parse({
          PORT: 0,
          HOST: '127.0.0.1',
          ADMIN_PORT: 'off',
          REPLY_TIMEOUT_MS: 5_000,
          LOOKUP_TIMEOUT_MS: 1_000,
          RECEIPTS_SPILL_DIR: join(folder, 'spill'),
        }),
      }),
    );
  };
  let ingestor = await startIngestor();
  let gateway = await startGateway();

  return {
    ledger,
    async ask(userIds) {
      const answered: string[] = [];
      for (let start = 0; start < userIds.length; start += atOnce) {
        const some = userIds.slice(start, start + atOnce).map(async (userId) => {
          const response = await fetch(`http://127.0.0.1:${gateway.port}/recommend/${userId}`);
          await response.text();
          if (response.status === 200) answered.push(response.headers.get('x-request-id') ?? '');
        });
        await Promise.all(some);
      }
      return answered;
    },
    async restartIngestor() {
      await ingestor.stop();
      ingestor = await startIngestor();
    },
    async restartGateway() {
      await gateway.stop();
      gateway = await startGateway();
    },
    async spilled() {
      const text = await registry.metrics();
      const line = /^reelay_gateway_batch_rows_total\{kind="receipts",outcome="spilled"\} (\d+)$/m;
      return Number(line.exec(text)?.[1] ?? 0);
    },
    async close() {
      for (const step of undo.splice(0).reverse()) await step();
    },
  };
}
