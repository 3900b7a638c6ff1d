import { loadConfig, systemClock } from '@reelay/shared/runtime';
import { createRegistry } from '@reelay/shared/observability';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { createTrainer, trainerConfig, trainerRoutes } from '@reelay/trainer';
import type { ThreadContext, ThreadedService } from './thread-control.ts';

export async function openTrainerThread({ environment, log }: ThreadContext): Promise<ThreadedService> {
  const config = loadConfig(trainerConfig, environment);
  const registry = createRegistry();
  const ledger = await openLedger(config.LEDGER_URL);
  const artifacts = await openArtifactStore(config.ARTIFACTS_URL);
  const trainer = createTrainer({ config, ledger, artifacts, log, registry, clock: systemClock });
  return {
    service: trainer,
    registry,
    routes: trainerRoutes(trainer),
    ready: () => ({ ready: trainer.state().state !== 'stopped', parts: { trainer: trainer.state().state } }),
    async close() {
      await artifacts.close();
      await ledger.close();
    },
  };
}
