import express, { Router, type Request } from 'express';
import type { Provenance } from '@reelay/shared/contracts';
import { openApiDocument } from './openapi/document.ts';
import { addUserRoutes, type UserRoutesDeps } from './user-routes.ts';

const bodyMax = '16kb';

export interface KeyedRoutesDeps extends UserRoutesDeps {
  /** Throws `KEY_REQUIRED`. */
  checkKey(request: Request): void;
  provenance(requestId: string): Promise<Provenance>;
  feedback(body: unknown): Promise<void>;
}

/** Public routes that need a key: all that comes here, so none can be forgotten. The key is checked before a body is read. */
export function createKeyedRoutes({ checkKey, provenance, feedback, ...ofUsers }: KeyedRoutesDeps): Router {
  const router = Router();
  router.use((request, _response, next) => {
    checkKey(request);
    next();
  });
  router.get('/provenance/:requestId', (request, response, next) => {
    provenance(request.params.requestId).then((found) => response.json(found), next);
  });
  router.post('/feedback', express.json({ limit: bodyMax }), (request, response, next) => {
    feedback(request.body as unknown).then(() => response.status(202).json({ status: 'accepted' }), next);
  });
  addUserRoutes(router, ofUsers);
  const document = openApiDocument();
  router.get('/openapi.json', (_request, response) => void response.json(document));
  return router;
}
