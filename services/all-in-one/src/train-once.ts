import { createLogger, createRegistry } from '@reelay/shared/observability';
import { loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { createTrainer, trainerConfig, type TrainingResult } from '@reelay/trainer';
import { createTrainingProgress } from './terminal/training-progress.ts';

/** Nothing here starts a training but the caller; one that was cut off goes on if the data is the same. */
const askedOnly = {
  TRAIN_SCHEDULE: 'off',
  TRAIN_AFTER_RATINGS: '0',
  TRAIN_ON_START: 'false',
  RESUME_ON_START: 'false',
};

/** A training without a running platform; the candidate waits for the next start to be released. Ctrl-C cancels it. */
export async function trainInThisProcess(
  environment: Record<string, string | undefined>,
  { acceptData = false }: { acceptData?: boolean } = {},
): Promise<TrainingResult> {
  const config = loadConfig(trainerConfig, { ...environment, ...askedOnly });
  const log = createLogger('trainer', { level: 'silent' });
  const ledger = await openLedger(config.LEDGER_URL);
  const artifacts = await openArtifactStore(config.ARTIFACTS_URL);
  const trainer = createTrainer({ config, ledger, artifacts, log, registry: createRegistry(), clock: systemClock });
  const progress = createTrainingProgress();
  const cancel = () => void trainer.cancel().catch(() => {});
  process.once('SIGINT', cancel);
  try {
    await trainer.start();
    return await trainer.train({ acceptData, onProgress: progress.update });
  } finally {
    process.off('SIGINT', cancel);
    progress.end();
    await trainer.stop();
    await artifacts.close();
    await ledger.close();
  }
}
