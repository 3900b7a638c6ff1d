import {
  estimateResponse,
  similarMax,
  similarResponse,
  userAnswers,
  userAnswersQuery,
  vectorResponse,
} from '@reelay/shared/contracts';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { userIdMax } from '../read-user-id.ts';
import { errors, json } from './responses.ts';

const id = z.int().min(1).max(userIdMax).meta({ description: 'User id.', example: 42 });
const itemId = z.string().meta({ description: 'Item id; a `+` stays one.', example: 'heat+1995' });
const n = z.int().min(1).max(similarMax).default(20).meta({ description: 'How many.' });

const enquiryErrors = { ...errors.noKey, ...errors.notFound, ...errors.away };

export const userPaths: ZodOpenApiPathsObject = {
  '/users/{id}/recommendations': {
    get: {
      operationId: 'userAnswers',
      summary: 'What a user was answered',
      description: 'Oldest first, as the receipts say it; an answer is there about half a second after it was given.',
      tags: ['provenance'],
      requestParams: { path: z.object({ id }), query: userAnswersQuery },
      responses: {
        200: json(userAnswers, 'UserAnswers', 'A page of them.'),
        ...errors.badRequest,
        ...errors.noKey,
        ...errors.unsupported,
        ...errors.away,
      },
    },
  },
  '/users/{id}/vector': {
    get: {
      operationId: 'userVector',
      summary: 'The vector of a user',
      description: 'As their history makes it now: what lists are scored with.',
      tags: ['model'],
      requestParams: { path: z.object({ id }) },
      responses: { 200: json(vectorResponse, 'Vector', 'One number a factor.'), ...errors.badId, ...enquiryErrors },
    },
  },
  '/users/{id}/ratings/{itemId}': {
    get: {
      operationId: 'estimateRating',
      summary: 'The rating that a user is expected to give',
      tags: ['model'],
      requestParams: { path: z.object({ id, itemId }) },
      responses: { 200: json(estimateResponse, 'Estimate', 'In points.'), ...errors.badId, ...enquiryErrors },
    },
  },
  '/similar/{itemId}': {
    get: {
      operationId: 'similar',
      summary: 'The items most like one',
      tags: ['model'],
      requestParams: { path: z.object({ itemId }), query: z.object({ n }) },
      responses: { 200: json(similarResponse, 'Similar', 'Best first.'), ...errors.badRequest, ...enquiryErrors },
    },
  },
};
