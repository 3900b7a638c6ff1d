import type { RecommendJob } from '@reelay/shared/contracts';
import { openAnswers, openHistories, openPlans, openWorkQueue } from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import { createGateway, gatewayConfig } from '../../services/gateway/src/index.ts';
import { patient } from './patient-gateway.ts';
import { answerQuestions } from './part-process.ts';

/** The gateway as its `main.ts` composes it, without a queue for receipts: so it keeps none. */
const [queueUrl = '', redisUrl = '', ARTIFACTS_URL = '', namespace = ''] = process.argv.slice(2);
const gateway = createGateway({
  config: gatewayConfig.parse({ PORT: 0, ADMIN_PORT: 0, HOST: '127.0.0.1', ARTIFACTS_URL, ...patient }),
  queue: await openWorkQueue<RecommendJob>(queueUrl, { namespace }),
  answers: await openAnswers(redisUrl, { namespace }),
  histories: await openHistories(redisUrl, { namespace }),
  plans: await openPlans(redisUrl, { namespace }),
  artifacts: await openArtifactStore(ARTIFACTS_URL),
  log: createLogger('gateway', { level: 'warn' }),
  registry: createRegistry(),
  clock: systemClock,
});
await gateway.start();

answerQuestions(async () => ({ port: gateway.port, adminPort: gateway.adminPort }));
