import { recommendQuery, recommendResponse } from '@reelay/shared/contracts';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { errors } from './responses.ts';
import { userIdMax } from '../read-user-id.ts';

const userId = z.int().min(1).max(userIdMax).meta({ description: 'Decimal; leading zeros are read.', example: 42 });

const timeout = z
  .int()
  .min(1)
  .optional()
  .meta({ description: 'In how many milliseconds the caller gives up, where that is sooner than the gateway would.' });

const healthState = z.object({ status: z.enum(['ok', 'starting']) }).meta({ id: 'Health' });

const ids = z.string().meta({ description: 'Item ids, best first.', example: 'heat+1995,toy+story+1995' });

const health = (description: string) => ({
  description,
  content: { 'application/json': { schema: healthState } },
});

export const recommendPaths: ZodOpenApiPathsObject = {
  '/recommend/{userId}': {
    get: {
      operationId: 'recommend',
      summary: 'What to show this user',
      description:
        'Always answers in time: from a worker, from the cache, or from lists held in memory (`outcome`). Text unless JSON is preferred by `Accept`; the query is read for JSON alone.',
      tags: ['recommendations'],
      security: [],
      requestParams: {
        path: z.object({ userId }),
        query: recommendQuery,
        header: z.object({ 'X-Request-Timeout-Ms': timeout }),
      },
      responses: {
        200: {
          description: 'The list.',
          headers: z.object({
            'X-Request-Id': z.string().meta({ description: 'Asks `/provenance/{requestId}` for how it was made.' }),
          }),
          content: {
            'text/plain': { schema: ids },
            'application/json': { schema: recommendResponse.meta({ id: 'Recommendation' }) },
          },
        },
        ...errors.badId,
        ...errors.away,
      },
    },
  },
  '/healthz': {
    get: {
      operationId: 'health',
      summary: 'Whether some list can be given',
      tags: ['service'],
      security: [],
      responses: {
        200: health('It can.'),
        503: health('Not yet: there is no model and no base list.'),
      },
    },
  },
};
