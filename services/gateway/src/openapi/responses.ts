import { errorResponse } from '@reelay/shared/contracts';
import type { z } from 'zod';
import type { ZodOpenApiResponseObject } from 'zod-openapi';

const problem = errorResponse.meta({ id: 'Error', description: 'Every 4xx and 5xx. Programs look at the code.' });

const errorWith = (description: string): ZodOpenApiResponseObject => ({
  description,
  content: { 'application/json': { schema: problem } },
});

/** Errors by their status; what was sent is never repeated in one. */
export const errors = {
  badId: {
    400: errorWith('`USER_ID_INVALID`: a user id is a decimal integer from 1 to 2147483647; or `REQUEST_INVALID`.'),
  },
  badRequest: { 400: errorWith('`REQUEST_INVALID`: the body or the query is not what it should be.') },
  noKey: { 401: errorWith('`KEY_REQUIRED`: give a key as `Authorization: Bearer <key>` or `X-Api-Key: <key>`.') },
  notFound: { 404: errorWith('`NOT_FOUND`.') },
  busy: { 429: errorWith('`BUSY`: as many are being sent as can be; try again later.') },
  notFinished: { 409: errorWith('`NOT_FINISHED`: the job is under way.') },
  away: { 503: errorWith('`NOT_RUNNING`, `QUEUE_DOWN` or `LEDGER_DOWN`: try again later.') },
  unsupported: { 501: errorWith('`UNSUPPORTED`: this gateway was started without what it takes.') },
} as const;

/** A JSON body that is a component of the document under this name. */
export const json = (schema: z.ZodType, id: string, description: string): ZodOpenApiResponseObject => ({
  description,
  content: { 'application/json': { schema: schema.meta({ id }) } },
});
