import express, { Router } from 'express';
import type { Own } from '@reelay/shared/runtime';
import { recommendMany, type BulkDeps } from './bulk-recommend.ts';
import type { JobMetrics } from './jobs/job-metrics.ts';
import { openJobs } from './jobs/open-jobs.ts';
import { createKeyCheck } from './require-key.ts';
import type { GatewayDeps } from './service.ts';

/** A thousand ids of ten digits, with white space to spare. */
const bodyMax = '64kb';

/** Routes over many users at once, with a key: `/recommendations` and `/jobs`. The key is checked before a body is read. */
export function openManyRoutes(
  deps: BulkDeps & Pick<GatewayDeps, 'slices'> & { jobMetrics: JobMetrics },
  own: Own,
): Router {
  const checkKey = createKeyCheck(deps.config.API_KEYS);
  const router = Router();
  router.use(['/recommendations', '/jobs'], (request, _response, next) => {
    checkKey(request);
    next();
  });
  router.post('/recommendations', express.json({ limit: bodyMax }), async (request, response) => {
    response.json(await recommendMany(request.body, deps));
  });
  return router.use(openJobs({ ...deps, metrics: deps.jobMetrics }, own));
}
