import { createLogger, createRegistry } from '@reelay/shared/observability';
import { openEventLog } from '@reelay/shared/messaging';
import { systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { createPopulation, seedHistory } from '../../services/simulator/src/index.ts';
import { createTrainer, trainerConfig } from '../../services/trainer/src/index.ts';

interface ModelPlace {
  LEDGER_URL: string;
  ARTIFACTS_URL: string;
}

/** Appends a small history to the log; returns the ids of the population. */
export async function writeHistory(eventLogUrl: string, topic: string, lines: number): Promise<number[]> {
  const population = createPopulation({ seed: 5, preset: 'tiny' });
  const eventLog = await openEventLog(eventLogUrl);
  try {
    await seedHistory({ eventLog, topic, population, lines });
  } finally {
    await eventLog.close();
  }
  return [...population.userIds];
}

/** Trains on what the ledger holds and publishes a candidate; returns the users with a history. */
export async function trainCandidate({ LEDGER_URL, ARTIFACTS_URL }: ModelPlace): Promise<Set<number>> {
  const ledger = await openLedger(LEDGER_URL);
  const artifacts = await openArtifactStore(ARTIFACTS_URL);
  const config = trainerConfig.parse({ LEDGER_URL, ARTIFACTS_URL });
  const log = createLogger('trainer', { level: 'silent' });
  const trainer = createTrainer({ config, ledger, artifacts, log, registry: createRegistry(), clock: systemClock });
  try {
    await trainer.start();
    await trainer.train();
    const users = new Set<number>();
    await ledger.interactions((rows) => rows.forEach(({ userId }) => users.add(userId)));
    return users;
  } finally {
    await trainer.stop();
    await artifacts.close();
    await ledger.close();
  }
}
