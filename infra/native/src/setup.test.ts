import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { missingServers } from './missing-servers.ts';

const script = fileURLToPath(new URL('setup.ts', import.meta.url));
const setup = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { input: '', encoding: 'utf8' });

test('help is given without touching anything', () => {
  const { status, stdout } = setup('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('--only');
});

test('a wrong argument ends with one sentence and code 1', () => {
  const { status, stderr } = setup('--only', 'postgres');
  expect(status).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('without a terminal and without --yes nothing is installed', async () => {
  const { status, stdout, stderr } = setup();
  const missing = (await missingServers()).length > 0;
  expect(status).toBe(missing ? 1 : 0);
  expect(missing ? stderr : stdout).toContain(missing ? '--yes' : 'Nothing to do');
});
