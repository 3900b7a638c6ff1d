import { createLogger, createRegistry } from '@reelay/shared/observability';
import { loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { createTrainer, trainerConfig, type TrainingResult } from '@reelay/trainer';
import { createProgress } from './terminal/progress.ts';

/** A training without a running platform; the candidate waits for the next start to be released. */
export async function trainInThisProcess(environment: Record<string, string | undefined>): Promise<TrainingResult> {
  const config = loadConfig(trainerConfig, environment);
  const log = createLogger('trainer', { level: 'silent' });
  const ledger = await openLedger(config.LEDGER_URL);
  const artifacts = await openArtifactStore(config.ARTIFACTS_URL);
  const trainer = createTrainer({ config, ledger, artifacts, log, registry: createRegistry(), clock: systemClock });
  const progress = createProgress('training');
  try {
    await trainer.start();
    return await trainer.train({ onProgress: ({ done }) => progress.update(Math.round(100 * done), 100) });
  } finally {
    progress.end();
    await trainer.stop();
    await artifacts.close();
    await ledger.close();
  }
}
