import {
  activeJobRequest,
  bulkRequest,
  bulkResponse,
  deadSlices,
  jobItemsMax,
  jobList,
  jobResult,
  jobStatus,
} from '@reelay/shared/contracts';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { errors, json } from './responses.ts';

const jobId = z.string().meta({ description: 'As `POST /jobs` gave it.' });
const status = jobStatus.meta({ id: 'Job' });
const job = (description: string) => ({ description, content: { 'application/json': { schema: status } } });
const lines = (schema: z.ZodType, example: unknown) => ({ 'application/x-ndjson': { schema, example } });
const usual = { ...errors.noKey, ...errors.unsupported, ...errors.away };
const tags = ['many'];

const onJob = (
  operationId: string,
  summary: string,
  responses: ZodOpenApiOperationObject['responses'],
  query?: z.ZodObject,
): ZodOpenApiOperationObject => ({
  operationId,
  summary,
  tags,
  requestParams: { path: z.object({ id: jobId }), ...(query && { query }) },
  responses: { ...responses, ...errors.notFound, ...usual },
});

/** Routes over many users at once. */
export const manyPaths: ZodOpenApiPathsObject = {
  '/recommendations': {
    post: {
      operationId: 'recommendMany',
      summary: 'Lists of up to 1,000 users, now',
      tags,
      requestBody: { required: true, content: { 'application/json': { schema: bulkRequest.meta({ id: 'Users' }) } } },
      responses: {
        200: json(bulkResponse, 'Lists', 'A list for each user; fallbacks are marked.'),
        ...errors.badRequest,
        ...errors.noKey,
        ...errors.away,
      },
    },
  },
  '/jobs': {
    post: {
      operationId: 'makeJob',
      summary: 'Lists of any number of users, later',
      tags,
      requestParams: {
        query: z.object({
          n: z
            .number()
            .int()
            .min(1)
            .max(jobItemsMax)
            .optional()
            .meta({ description: 'Items of a list; with lines of ids.' }),
          rows: z.boolean().optional().meta({ description: 'Also as rows of SQL; with lines of ids.' }),
        }),
      },
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: activeJobRequest.meta({ id: 'ActiveUsers' }) },
          ...lines(z.string().meta({ description: 'A user id a line; read as a stream.' }), '1\n2\n{"userId": 42}\n'),
        },
      },
      responses: {
        202: job('It is under way.'),
        ...errors.badRequest,
        ...errors.busy,
        ...usual,
      },
    },
    get: {
      operationId: 'listJobs',
      summary: 'The newest 100 jobs',
      tags,
      responses: { 200: json(jobList, 'Jobs', 'The newest first.'), ...usual },
    },
  },
  '/jobs/{id}': {
    get: onJob('showJob', 'How far a job is', { 200: job('Slices and users by where they stand.') }),
    delete: onJob('cancelJob', 'Nothing more of a job is computed', { 200: job('What is done stays.') }),
  },
  '/jobs/{id}/results': {
    get: onJob(
      'jobResults',
      'What a job found, a user a line',
      {
        200: {
          description: 'In the order of the users, as a stream.',
          content: lines(jobResult.meta({ id: 'JobResult' }), {
            userId: 1,
            outcome: 'model',
            modelVersion: '7-3fa9c1',
            items: [{ id: 'heat+1995', score: 0.75, source: 'factors' }],
          }),
        },
        ...errors.notFinished,
      },
      z.object({ partial: z.boolean().optional().meta({ description: 'Before its end, too: what is there.' }) }),
    ),
  },
  '/jobs/{id}/dead-letters': {
    get: onJob(
      'deadLetters',
      'Slices that were given up',
      { 200: json(deadSlices, 'DeadLetters', 'Up to 100, with their users and the reason.') },
      z.object({ after: z.number().int().optional().meta({ description: 'From the slice after this one on.' }) }),
    ),
  },
  '/jobs/{id}/retry': {
    post: onJob('retryJob', 'Tries the dead letters once more', { 202: job('It runs again, if there were any.') }),
  },
};
