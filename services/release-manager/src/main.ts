import { openPlans } from '@reelay/shared/messaging';
import { createAdminServer, createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { releaseRoutes } from './admin-routes.ts';
import { evidenceRulesOf, releaseManagerConfig } from './config.ts';
import { createEvidenceReader } from './evidence/evidence-reader.ts';
import { createReleaseManager } from './service.ts';

const config = loadConfig(releaseManagerConfig, process.env);
const log = createLogger('release-manager', { level: config.LOG_LEVEL });
const registry = createRegistry({ process: true });
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const onProblem = (problem: object) => log.warn(problem, 'a port has trouble');
const ledger = runner.own(await openLedger(config.LEDGER_URL));
const artifacts = runner.own(await openArtifactStore(config.ARTIFACTS_URL));
const plans = runner.own(await openPlans(config.REDIS_URL, { namespace: config.NAMESPACE, onProblem }));
const clock = systemClock;
const evidence = createEvidenceReader({ ledger, clock, rules: evidenceRulesOf(config) });
const manager = createReleaseManager({ config, ledger, artifacts, plans, evidence, log, registry, clock });
const admin = createAdminServer({
  port: config.ADMIN_PORT,
  host: config.ADMIN_HOST,
  metrics: () => registry.metrics(),
  ready: async () => {
    const up = await ledger.isUp();
    const parts = { ledger: up ? 'up' : 'down', plans: plans.isUp() ? 'up' : 'down' };
    return { ready: up && manager.healthy(), parts };
  },
  routes: releaseRoutes(ledger, manager),
});
await runner.run(manager, admin);
