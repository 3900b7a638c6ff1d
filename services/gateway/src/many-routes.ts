import express, { Router } from 'express';
import type { Own } from '@reelay/shared/runtime';
import { recommendMany, type BulkDeps } from './bulk-recommend.ts';
import type { JobMetrics } from './jobs/job-metrics.ts';
import { openJobs } from './jobs/open-jobs.ts';
import type { GatewayDeps } from './service.ts';

/** A thousand ids of ten digits, with white space to spare. */
const bodyMax = '64kb';

/** Routes over many users at once: `/recommendations` and `/jobs`. They stand behind the key of the keyed routes. */
export function openManyRoutes(
  deps: BulkDeps & Pick<GatewayDeps, 'slices'> & { jobMetrics: JobMetrics },
  own: Own,
): Router {
  const router = Router();
  router.post('/recommendations', express.json({ limit: bodyMax }), async (request, response) => {
    response.json(await recommendMany(request.body, deps));
  });
  return router.use(openJobs({ ...deps, metrics: deps.jobMetrics }, own));
}
