import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { createManualClock } from '@reelay/shared/testing';
import { trainerConfig } from '../config.ts';
import { fillLedger } from './fill-ledger.ts';
import { drawTasteData } from './taste-data.ts';

export const smallData = drawTasteData({ users: 60, items: 80, eventsPerUser: 10, seed: 1 });
export const smallConfig = trainerConfig.parse({ FACTORS: '8', SWEEPS: '3' });

/** The embedded adapters in a folder of their own, filled with `data` unless it is null. */
export async function openTrainerWorld(data: typeof smallData | null = smallData) {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-trainer-'));
  const ledger = await openLedger(`sqlite:${join(folder, 'ledger.db')}`);
  const artifacts = await openArtifactStore(`file:${join(folder, 'artifacts')}`);
  if (data) await fillLedger(ledger, data);
  return {
    ledger,
    artifacts,
    config: { ...smallConfig, ARTIFACTS_URL: `file:${join(folder, 'artifacts')}` },
    folder,
    registry: createRegistry(),
    clock: createManualClock(),
    ...createMemoryLogger(),
    async dispose() {
      await Promise.all([ledger.close(), artifacts.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type TrainerWorld = Awaited<ReturnType<typeof openTrainerWorld>>;
