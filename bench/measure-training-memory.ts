import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPlan } from '@reelay/shared/contracts';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, type InteractionRow, type Ledger } from '@reelay/shared/storage';
import { createTrainer, trainerConfig } from '../services/trainer/src/index.ts';
import { readOptions } from './read-options.ts';

const help = `node scripts/with-node.mjs bench/measure-training-memory.ts [options]

What one training takes: peak memory of this process beside the estimate that TRAINING_MB_MAX is held against, seconds, and bytes of the
snapshot. The rows are drawn as they are read, so that no ledger counts. Ends with 1 when the peak is above the estimate.

options    --rows 1000000   --users 50000   --items 20000   --factors 32   --threads 1   --sweeps 1`;

const { rows, users, items, factors, threads, sweeps } = readOptions(help, {
  numbers: { rows: 1_000_000, users: 50_000, items: 20_000, factors: 32, threads: 1, sweeps: 1 },
});
const rowsAtOnce = 10_000;

/** A user's items are spread over the catalogue in steps that are coprime to it; a fifth is rated. */
function rowAt(row: number): InteractionRow {
  const each = Math.floor(rows / users);
  const [userId, at] = [1 + Math.floor(row / each), row % each];
  const itemId = 1 + Math.floor((at * items) / each) + ((userId * 7) % Math.max(1, Math.floor(items / each)));
  const minutes = 1 + ((userId * 31 + at * 17) % 120);
  const lastTime = 1_700_000_000 + ((userId * 7_919 + at * 104_729) % 1_000_000);
  const rating = (userId + at) % 5 === 0 ? 1 + ((userId + itemId) % 5) : 0;
  return {
    userId,
    itemId: Math.min(items, itemId),
    minutes,
    reached: minutes,
    rating,
    ratedAt: rating && lastTime,
    lastTime,
  };
}

const lines = { received: 0, accepted: 0, repeated: 0, quarantined: 0 };
let peakRows = 0;
const source: Partial<Ledger> = {
  plan: async () => emptyPlan,
  versions: async () => [],
  progress: async () => [],
  counts: async () => ({ lines, ratings: 0, watches: 0 }),
  nextVersionNumber: async () => 1,
  addVersion: async () => {},
  async interactions(onPage) {
    const all = users * Math.floor(rows / users);
    for (let from = 0; from < all; from += rowsAtOnce) {
      await onPage(Array.from({ length: Math.min(rowsAtOnce, all - from) }, (_, at) => rowAt(from + at)));
    }
    peakRows = process.resourceUsage().maxRSS;
  },
  async users(onPage) {
    for (let from = 1; from <= users; from += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, users - from + 1);
      await onPage(
        Array.from({ length: count }, (_, at) => ({
          userId: from + at,
          age: 18 + ((from + at) % 50),
          gender: (from + at) % 2 === 0 ? 'F' : 'M',
          occupation: null,
        })),
      );
    }
  },
  items: async () =>
    Array.from({ length: items }, (_, at) => ({
      itemId: at + 1,
      movie: {
        id: `a+movie+of+some+length+${at}`,
        title: `A movie ${at}`,
        year: 1999,
        genres: ['Drama', 'War'],
        runtime: 100,
      },
    })),
};

const folder = await mkdtemp(join(tmpdir(), 'reelay-training-'));
try {
  const artifacts = await openArtifactStore(`file:${join(folder, 'artifacts')}`);
  const config = trainerConfig.parse({
    ARTIFACTS_URL: `file:${join(folder, 'artifacts')}`,
    FACTORS: String(factors),
    SWEEPS: String(sweeps),
    TRAINING_THREADS: String(threads),
    TRAINING_MB_MAX: '65536',
    EVALUATION_USERS_MAX: '200',
    TRAIN_SCHEDULE: 'off',
  });
  const { log } = createMemoryLogger();
  const trainer = createTrainer({ config, ledger: source as Ledger, artifacts, log, registry: createRegistry(), clock: systemClock }); // prettier-ignore
  await trainer.start();
  const { version } = await trainer.train();
  await trainer.stop();
  const { parameters } = await artifacts.manifest(version);
  const peakMiB = process.resourceUsage().maxRSS / 1_024;
  const estimatedMiB = Number(parameters.memoryBytesEstimated) / 2 ** 20;
  const figures = {
    interactions: parameters.trainedInteractions,
    peakMiB: Math.round(peakMiB),
    estimatedMiB: Math.round(estimatedMiB),
    peakOfTheSnapshotMiB: Math.round(peakRows / 1_024),
    snapshotMiB: +(Number(parameters.snapshotBytes) / 2 ** 20).toFixed(1),
    seconds: Number(parameters.trainingSeconds),
  };
  console.log(JSON.stringify(figures));
  if (peakMiB > estimatedMiB) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
