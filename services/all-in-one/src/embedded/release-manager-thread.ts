import {
  createEvidenceReader,
  createReleaseManager,
  evidenceRulesOf,
  releaseManagerConfig,
  releaseRoutes,
} from '@reelay/release-manager';
import { createRegistry } from '@reelay/shared/observability';
import { loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import type { ThreadContext, ThreadedService } from './thread-control.ts';

export async function openReleaseManagerThread({ environment, plans, log }: ThreadContext): Promise<ThreadedService> {
  const config = loadConfig(releaseManagerConfig, environment);
  const registry = createRegistry();
  const ledger = await openLedger(config.LEDGER_URL);
  const artifacts = await openArtifactStore(config.ARTIFACTS_URL);
  const clock = systemClock;
  const evidence = createEvidenceReader({ ledger, clock, rules: evidenceRulesOf(config) });
  const releases = createReleaseManager({ config, ledger, artifacts, plans, evidence, log, registry, clock });
  return {
    service: releases,
    registry,
    routes: releaseRoutes(ledger, releases),
    ready: () => ({ ready: true, parts: { 'release-manager': 'up' } }),
    async close() {
      await artifacts.close();
      await ledger.close();
    },
  };
}
