import { feedbackRequest, provenance } from '@reelay/shared/contracts';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { errors, json } from './responses.ts';

const requestId = z.string().meta({ description: '`X-Request-Id` of the answer.' });

export const keyedPaths: ZodOpenApiPathsObject = {
  '/provenance/{requestId}': {
    get: {
      operationId: 'provenance',
      summary: 'How an answer was made',
      tags: ['provenance'],
      requestParams: { path: z.object({ requestId }) },
      responses: {
        200: json(provenance, 'Provenance', 'Its model, data, code, history and items.'),
        ...errors.badRequest,
        ...errors.noKey,
        ...errors.notFound,
        ...errors.unsupported,
        ...errors.away,
      },
    },
  },
  '/feedback': {
    post: {
      operationId: 'feedback',
      summary: 'What a user thought of an item',
      tags: ['feedback'],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: feedbackRequest.meta({ id: 'Feedback' }) } },
      },
      responses: {
        202: json(
          z.object({ status: z.literal('accepted') }),
          'Accepted',
          'It is on its way; the same key counts once.',
        ),
        ...errors.badRequest,
        ...errors.noKey,
        ...errors.unsupported,
        ...errors.away,
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'openapi',
      summary: 'This document',
      tags: ['service'],
      responses: {
        200: json(z.record(z.string(), z.unknown()), 'Document', 'OpenAPI 3.1.'),
        ...errors.noKey,
      },
    },
  },
};
