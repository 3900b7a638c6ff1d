import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelMetrics } from '@reelay/shared/contracts';
import { openPlans, type Plans } from '@reelay/shared/messaging';
import { createMemoryLogger } from '@reelay/shared/observability';
import { openArtifactStore, openLedger, type ArtifactStore, type Ledger } from '@reelay/shared/storage';
import { createManualClock, tinyModel, type ManualClock } from '@reelay/shared/testing';

export const goodMetrics: ModelMetrics = {
  users: 300,
  ndcgAt10: 0.3,
  popularityNdcgAt10: 0.2,
  rmse: 0.9,
  globalMeanRmse: 1,
  heldOutRatings: 500,
};

export interface ReleaseWorld {
  folder: string;
  ledger: Ledger;
  artifacts: ArtifactStore;
  plans: Plans;
  log: ReturnType<typeof createMemoryLogger>['log'];
  lines: Record<string, unknown>[];
  clock: ManualClock;
  /** A version as the trainer publishes it; its id. */
  addCandidate(metrics?: ModelMetrics): Promise<string>;
  dispose(): Promise<void>;
}

/** The embedded adapters in a folder of their own. */
export async function openReleaseWorld(): Promise<ReleaseWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-release-'));
  const ledger = await openLedger(`sqlite:${join(folder, 'ledger.db')}`);
  const artifacts = await openArtifactStore(`file:${join(folder, 'artifacts')}`);
  const plans = await openPlans('memory:');
  return {
    folder,
    ledger,
    artifacts,
    plans,
    ...createMemoryLogger(),
    clock: createManualClock(),
    async addCandidate(metrics = goodMetrics) {
      const number = await ledger.nextVersionNumber();
      const id = `${number}-abc123`;
      const model = tinyModel({ version: id, seed: number });
      const manifest = await artifacts.put({ ...model.manifest, metrics }, model.files);
      const row = { number, id, reason: '', manifest: JSON.stringify(manifest), createdAt: 0 };
      await ledger.addVersion({ ...row, state: 'candidate' });
      return id;
    },
    async dispose() {
      await Promise.all([ledger.close(), artifacts.close(), plans.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
