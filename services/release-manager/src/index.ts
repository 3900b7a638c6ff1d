export { releaseRoutes, viewReleases, type ReleasesView } from './admin-routes.ts';
export type { CommandName, CommandResult } from './commands.ts';
export { releaseManagerConfig, type ReleaseManagerConfig } from './config.ts';
export type { ReadEvidence } from './judge-running.ts';
export { createReleaseManager, type ReleaseManager, type ReleaseManagerDeps } from './service.ts';
export { noTrackEvidence, type CanaryEvidence, type TrackEvidence } from './verdict/evidence.ts';
export { addLatency, latencyEdges, noLatencies, type LatencyCounts } from './verdict/latency-counts.ts';
export { addUser, noSums, type RatioSums } from './verdict/ratio-sums.ts';
