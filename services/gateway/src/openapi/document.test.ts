import { describe, expect, test } from 'vitest';
import { openApiDocument } from './document.ts';

interface Operation {
  security?: unknown[];
  responses: Record<string, unknown>;
}
const { paths } = openApiDocument() as unknown as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
);

test('there are operations, each of which says what its success is', () => {
  expect(operations.length).toBeGreaterThan(4);
  for (const { name, operation } of operations)
    expect([name, Object.keys(operation.responses).some((status) => status.startsWith('2'))]).toEqual([name, true]);
});

describe('keys', () => {
  const open = ['get /recommend/{userId}', 'get /healthz'];
  test.each(operations.map((each) => [each.name, each.operation] as const))('%s', (name, { security, responses }) => {
    if (open.includes(name)) expect(security).toEqual([]);
    else expect([security, Object.keys(responses).includes('401')]).toEqual([undefined, true]);
  });
});

test('making it twice gives the same', () => {
  expect(openApiDocument()).toEqual(openApiDocument());
});
