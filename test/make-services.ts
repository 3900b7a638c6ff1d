import { join } from 'node:path';
import { createRegistry, type Logger } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import { createGateway, gatewayConfig, type Gateway } from '../services/gateway/src/index.ts';
import {
  createInferenceWorker,
  inferenceWorkerConfig,
  type InferenceWorker,
} from '../services/inference-worker/src/index.ts';
import { createIngestor, ingestorConfig, type Ingestor } from '../services/ingestor/src/index.ts';
import {
  createReleaseManager,
  releaseManagerConfig,
  type ReleaseManager,
} from '../services/release-manager/src/index.ts';
import { createTrainer, trainerConfig, type Trainer } from '../services/trainer/src/index.ts';
import type { Ports } from './world-ports.ts';

export interface ServiceMakers {
  ingestor(ports: Ports): Ingestor;
  trainer(ports: Ports): Trainer;
  releases(ports: Ports): ReleaseManager;
  worker(ports: Ports): InferenceWorker;
  gateway(ports: Ports): Gateway;
}

interface Places {
  topic: string;
  ledgerUrl: string;
  csvDir: string;
  detailsDir: string;
  log: Logger;
  /** Of the worker, besides those of every test. */
  workerSettings?: Record<string, string>;
}

/** The five services with the settings of a test: free ports, small windows, and time enough that a busy machine changes no answer. */
export const serviceMakers = ({ topic, ledgerUrl, csvDir, detailsDir, log, workerSettings }: Places): ServiceMakers => {
  const common = () => ({ log, registry: createRegistry(), clock: systemClock });
  const ingest = ingestorConfig.parse({
    EVENT_LOG_URL: 'of the world',
    LEDGER_URL: 'of the world',
    REDIS_URL: 'of the world',
    EVENT_TOPIC: topic,
    EVENT_PARTITIONS: 2,
    CSV_DIR: csvDir,
    USERS_FILE: join(detailsDir, 'users.csv'),
    MOVIES_FILE: join(detailsDir, 'movies.csv'),
    FLUSH_LINES: 7_000,
    FLUSH_IDLE_MS: 200,
  });
  const training = trainerConfig.parse({
    SNAPSHOTS_DIR: join(csvDir, '..', 'snapshots'),
    CHECKPOINTS_DIR: join(csvDir, '..', 'checkpoints'),
    TRAIN_SCHEDULE: 'off',
  });
  const worker = inferenceWorkerConfig.parse({ ADMIN_PORT: 'off', ...workerSettings });
  return {
    ingestor: (ports) => createIngestor({ ...ports, ...common(), config: ingest }),
    trainer: (ports) => createTrainer({ ...ports, ...common(), config: training }),
    releases: (ports) =>
      createReleaseManager({ ...ports, ...common(), config: releaseManagerConfig.parse({ RELEASE_POLL_MS: 100 }) }),
    worker: (ports) => createInferenceWorker({ ...ports, ...common(), config: worker }),
    gateway: (ports) =>
      createGateway({
        ...ports,
        ...common(),
        config: gatewayConfig.parse({
          PORT: 0,
          HOST: '127.0.0.1',
          ADMIN_PORT: 'off',
          LEDGER_URL: ledgerUrl,
          REPLY_TIMEOUT_MS: 5_000,
          LOOKUP_TIMEOUT_MS: 1_000,
        }),
      }),
  };
};
