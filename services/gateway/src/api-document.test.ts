import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openBatchQueue } from '@reelay/shared/messaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKeyedRoutes } from './keyed-routes.ts';
import { fallbackReasons } from '@reelay/shared/contracts';
import { gatewayConfig } from './config.ts';
import { openWorld, startWorker, type World } from './testing/world.ts';

const run = promisify(execFile);
const page = await readFile(join(import.meta.dirname, '../../../docs/api.md'), 'utf8');
/** Each command of the page, with the status that it says. */
const commands = [...page.matchAll(/^(curl .*\S)\s+# (\d{3})$/gm)].map(([, command, status]) => ({ command, status }));

let world: World;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-api-'));
  const batches = await openBatchQueue('memory:');
  await batches.consume('feedback', { inHand: 20 }, async (arrived) => arrived.map(() => 'done'));
  world = await openWorld({
    settings: {
      API_KEYS: 'my-key',
      LEGACY_ROUTE: '/v1/recs/:userId?as=items[].id',
      LEDGER_URL: `sqlite:${join(folder, 'ledger.db')}`,
    },
    change: () => ({ batches }),
  });
  await startWorker(world);
});
afterAll(async () => {
  await world.dispose();
  await rm(folder, { recursive: true, force: true });
});

test('the page has its examples', () => {
  expect(commands.length).toBeGreaterThan(12);
});

test.each(commands)('$command: $status', async ({ command, status }) => {
  const here = command.replace('localhost:8082', `127.0.0.1:${world.gateway.port}`);
  const { stdout } = await run('bash', ['-c', `${here} -o /dev/null -w '%{http_code}'`]);
  expect(stdout).toBe(status);
});

test('the page names no setting that there is not, and its limits are those of the schema', () => {
  const known = new Set([...Object.keys(gatewayConfig.shape), ...fallbackReasons, 'GATEWAYS']);
  const named = [...page.matchAll(/`([A-Z][A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(([, name]) => name);
  const codes = ['REQUEST_INVALID', 'NOT_FOUND', 'NOT_RUNNING'];
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((name) => !known.has(name) && !codes.includes(name))).toEqual([]);
});

test('the page names every route that needs a key', () => {
  const none = () => Promise.reject(new Error('not asked'));
  const enquiries = { similar: none, vector: none, estimate: none };
  const deps = { checkKey: () => {}, provenance: none, feedback: none, answersOf: none, enquiries };
  const router = createKeyedRoutes(deps);
  const paths = (router.stack as { route?: { path: string } }[]).flatMap(({ route }) => (route ? [route.path] : []));
  expect(paths.length).toBeGreaterThan(2);
  for (const path of paths) expect(page).toContain(path);
});
