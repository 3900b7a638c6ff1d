/** The release-manager's own `main.ts` with one thing changed: its ledger compares nothing. Run by a test, which must tell. */
import { openPlans } from '@reelay/shared/messaging';
import { createAdminServer, createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import {
  createEvidenceReader,
  createReleaseManager,
  evidenceRulesOf,
  releaseManagerConfig,
  releaseRoutes,
} from '../../../services/release-manager/src/index.ts';
import { withoutCompareAndSet } from './without-compare-and-set.ts';

const config = loadConfig(releaseManagerConfig, process.env);
const log = createLogger('release-manager', { level: config.LOG_LEVEL });
const registry = createRegistry();
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const ledger = withoutCompareAndSet(runner.own(await openLedger(config.LEDGER_URL)));
const artifacts = runner.own(await openArtifactStore(config.ARTIFACTS_URL));
const plans = runner.own(await openPlans(config.REDIS_URL, { namespace: config.NAMESPACE }));
const clock = systemClock;
const evidence = createEvidenceReader({ ledger, clock, rules: evidenceRulesOf(config) });
const manager = createReleaseManager({ config, ledger, artifacts, plans, evidence, log, registry, clock });
const admin = createAdminServer({
  port: config.ADMIN_PORT,
  host: config.ADMIN_HOST,
  metrics: () => registry.metrics(),
  ready: () => ({ ready: manager.healthy(), parts: {} }),
  routes: releaseRoutes(ledger, manager),
});
await runner.run(manager, admin);
