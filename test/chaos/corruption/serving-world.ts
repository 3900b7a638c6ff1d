import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPlan, type Plan, type RecommendJob } from '@reelay/shared/contracts';
import { openAnswers, openHistories, openPlans, openWorkQueue } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { createService, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, type ArtifactStore } from '@reelay/shared/storage';
import { createGateway, gatewayConfig } from '../../../services/gateway/src/index.ts';
import { createInferenceWorker, inferenceWorkerConfig } from '../../../services/inference-worker/src/index.ts';
import type { StoredFiles, UnstoredVersion } from './damage-artifact.ts';

export interface ServingWorld {
  artifacts: ArtifactStore;
  /** What worker and gateway log. */
  lines: Record<string, unknown>[];
  versions(): readonly string[];
  announce(plan: Partial<Plan>): Promise<void>;
  ask(userId: number): Promise<{ status: number; outcome?: string; modelVersion?: string }>;
  /** What stands in the store, behind its back. */
  readStored(version: string): Promise<StoredFiles>;
  writeStored(version: string, files: StoredFiles): Promise<void>;
  /** By the store, with new checksums. */
  store(version: UnstoredVersion): Promise<void>;
  close(): Promise<void>;
}

/** A gateway and a worker on the embedded adapters. `spoil`: another store for them, as a fault that a check must find. */
export async function openServingWorld(spoil = (store: ArtifactStore, _root: string) => store): Promise<ServingWorld> {
  const root = await mkdtemp(join(tmpdir(), 'reelay-corruption-'));
  const { log, lines } = createMemoryLogger();
  const [queue, answers] = [await openWorkQueue<RecommendJob>('memory:'), await openAnswers('memory:')];
  const [histories, plans] = [await openHistories('memory:'), await openPlans('memory:')];
  const artifacts = await openArtifactStore(`file:${root}`);
  await histories.markComplete();
  const ports = { queue, answers, histories, plans, artifacts: spoil(artifacts, root), log, clock: systemClock };
  const worker = createInferenceWorker({
    ...ports,
    registry: createRegistry(),
    config: inferenceWorkerConfig.parse({ ADMIN_PORT: 'off' }),
  });
  const gateway = createGateway({
    ...ports,
    registry: createRegistry(),
    // Time enough that a busy machine changes no answer.
    config: gatewayConfig.parse({ PORT: 0, HOST: '127.0.0.1', ADMIN_PORT: 'off', REPLY_TIMEOUT_MS: 5_000 }),
  });
  const whole = createService('serving', async (own) => {
    for (const port of [queue, answers, histories, plans, artifacts]) own(() => port.close());
    for (const service of [worker, gateway]) {
      own(() => service.stop());
      await service.start();
    }
  });
  await whole.start();
  const folderOf = (version: string): string => join(root, version);
  return {
    artifacts,
    lines,
    versions: () => worker.versions,
    announce: (plan) => plans.announce({ ...emptyPlan, ...plan }),
    ask: (userId) => ask(gateway.port, userId),
    async readStored(version) {
      const names = await readdir(folderOf(version));
      const read = async (name: string) =>
        [name, new Uint8Array(await readFile(join(folderOf(version), name)))] as const;
      return Object.fromEntries(await Promise.all(names.map(read)));
    },
    async writeStored(version, files) {
      await rm(folderOf(version), { recursive: true, force: true });
      await mkdir(folderOf(version));
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(folderOf(version), name), bytes);
    },
    async store({ manifest, files }) {
      await rm(folderOf(manifest.version), { recursive: true, force: true });
      await artifacts.put(manifest, files);
    },
    async close() {
      await whole.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function ask(port: number, userId: number) {
  const headers = { accept: 'application/json' };
  const response = await fetch(`http://127.0.0.1:${port}/recommend/${userId}`, { headers });
  return { status: response.status, ...((await response.json()) as { outcome?: string; modelVersion?: string }) };
}
