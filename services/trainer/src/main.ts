import { createAdminServer, createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { trainerRoutes } from './admin-routes.ts';
import { trainerConfig } from './config.ts';
import { createTrainer } from './service.ts';

const config = loadConfig(trainerConfig, process.env);
const log = createLogger('trainer', { level: config.LOG_LEVEL });
const registry = createRegistry({ process: true });
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const ledger = runner.own(await openLedger(config.LEDGER_URL));
const artifacts = runner.own(await openArtifactStore(config.ARTIFACTS_URL));
const trainer = createTrainer({ config, ledger, artifacts, log, registry, clock: systemClock });
const admin = createAdminServer({
  port: config.ADMIN_PORT,
  host: config.ADMIN_HOST,
  metrics: () => registry.metrics(),
  ready: async () => {
    const up = await ledger.isUp();
    const { state } = trainer.state();
    return { ready: up && state !== 'stopped', parts: { ledger: up ? 'up' : 'down', trainer: state } };
  },
  routes: trainerRoutes(trainer),
});
await runner.run(trainer, admin);
