export { releaseRoutes, viewReleases, type ReleasesView } from './admin-routes.ts';
export type { CommandName, CommandResult } from './commands.ts';
export { evidenceRulesOf, releaseManagerConfig, type ReleaseManagerConfig } from './config.ts';
export { createEvidenceReader } from './evidence/evidence-reader.ts';
export type { CanaryLook, ReadEvidence } from './judge-running.ts';
export { createReleaseManager, type ReleaseManager, type ReleaseManagerDeps } from './service.ts';
export type { CanaryEvidence, TrackEvidence } from './verdict/evidence.ts';
export { createEvidenceCollector, type EvidenceCollector } from './verdict/collect-evidence.ts';
