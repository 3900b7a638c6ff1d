import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-openapi-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
const lint = (...args: string[]) => run(join(root, 'scripts/lint-openapi.mjs'), ...args).status;

test('the document of the gateway passes the linter, and planted mistakes do not', { timeout: 90_000 }, async () => {
  expect(lint()).toBe(0);
  const printed = run(join(root, 'services/gateway/src/openapi/print-document.ts')).stdout;
  const broken: [string, string][] = [
    [
      'a reference to nothing',
      printed.replaceAll('#/components/schemas/Recommendation"', '#/components/schemas/Gone"'),
    ],
    ['a path parameter that is not there', printed.replace('"/provenance/{requestId}"', '"/provenance/{other}"')],
  ];
  for (const [what, text] of broken) {
    expect(text).not.toBe(printed);
    const file = join(folder, 'broken.json');
    await writeFile(file, text);
    expect([what, lint(file) === 0]).toEqual([what, false]);
  }
});
