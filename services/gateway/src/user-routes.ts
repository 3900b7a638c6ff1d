import { Router, type Request } from 'express';
import type { UserAnswers } from '@reelay/shared/contracts';
import type { Enquiries } from './ask-enquiry.ts';
import { readUserId } from './read-user-id.ts';

export interface UserRoutesDeps {
  enquiries: Enquiries;
  answersOf(userId: number, query: string): Promise<UserAnswers>;
}

/** What is known of a user and of an item: `/users/:id/…` and `/similar`. They stand behind the key of the keyed routes. */
export function addUserRoutes(router: Router, { enquiries, answersOf }: UserRoutesDeps): Router {
  router.get('/users/:id/recommendations', async (request, response) => {
    response.json(await answersOf(readUserId(request.params.id), queryOf(request)));
  });
  router.get('/users/:id/vector', async (request, response) => {
    response.json(await enquiries.vector(readUserId(request.params.id)));
  });
  router.get('/users/:id/ratings/:itemId', async (request, response) => {
    response.json(await enquiries.estimate(readUserId(request.params.id), request.params.itemId));
  });
  router.get('/similar/:itemId', async (request, response) => {
    response.json(await enquiries.similar(request.params.itemId, queryOf(request)));
  });
  return router;
}

const queryOf = ({ url }: Request): string => new URL(url, 'http://gateway').search.slice(1);
