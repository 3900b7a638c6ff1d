export { releaseRoutes, type ReleasesView } from './admin-routes.ts';
export { releaseManagerConfig, type ReleaseManagerConfig } from './config.ts';
export { createReleaseManager, type ReleaseManager, type ReleaseManagerDeps } from './service.ts';
