import { buildVersion } from '@reelay/shared/observability';
import { createDocument } from 'zod-openapi';
import { keyedPaths } from './keyed-paths.ts';
import { manyPaths } from './many-paths.ts';
import { recommendPaths } from './recommend-paths.ts';
import { userPaths } from './user-paths.ts';

/** The public routes as an OpenAPI document, made from the schemas that check what comes and goes. */
export function openApiDocument(): Record<string, unknown> {
  return { ...createDocument(description()) };
}

const description = (): Parameters<typeof createDocument>[0] => ({
  openapi: '3.1.0',
  info: {
    title: 'Reelay',
    version: buildVersion().version,
    description: 'Recommendations served live from an event stream.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  // Relative: wherever the document came from.
  servers: [{ url: '/' }],
  tags: [
    { name: 'recommendations', description: 'What to show.' },
    { name: 'many', description: 'Lists of many users, at once or as a job.' },
    { name: 'feedback', description: 'What came of it.' },
    { name: 'provenance', description: 'How it was made.' },
    { name: 'model', description: 'What the model says of users and items.' },
    { name: 'service', description: 'About the gateway itself.' },
  ],
  security: [{ bearer: [] }, { apiKey: [] }],
  components: {
    securitySchemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'One of `API_KEYS`; where there are none, callers on the same host need none.',
      },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
    },
  },
  paths: { ...recommendPaths, ...manyPaths, ...keyedPaths, ...userPaths },
});
