import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitOf, startPlatform, type RunningPlatform } from './run-platform.ts';

const root = join(import.meta.dirname, '..');
let home = '';
let platform: RunningPlatform;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'reelay-second-'));
  // Nobody else watches anything meanwhile, so that what changes is what the script did.
  platform = await startPlatform([], { REELAY_HOME: home, SIM_HISTORY_LINES: '400000', SIM_TRAFFIC: 'off' });
});
afterAll(async () => {
  platform.child.kill('SIGINT');
  await exitOf(platform.child);
  await rm(home, { recursive: true, force: true });
});

/** The script as a reader starts it; `reelay`: the command line it is told to use. */
function runScript(reelay: string): Promise<{ code: number; out: string; err: string }> {
  const env = {
    ...process.env,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    REELAY_HOME: home,
    GATEWAY: platform.ready.gateway,
    REELAY: reelay,
  };
  return new Promise((resolve) => {
    execFile('sh', [join(root, 'docs/second-version.sh')], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const commandLine = `${process.execPath} ${join(root, 'scripts/reelay.mjs')}`;

test('docs/second-version.sh: version 2 is trained and released, and the answer of user 42 changes', async () => {
  const { code, out, err } = await runScript(commandLine);
  // On a busy machine a training is long enough to show how far it is.
  expect(err.replaceAll(/^training: .*\n/gm, '')).toBe('');
  expect(code).toBe(0);
  const said = [...out.matchAll(/^user 42, version (\d+)-\w+: (.+)$/gm)].map(([, number, list]) => ({ number, list }));
  expect(said.map(({ number }) => number)).toEqual(['1', '2']);
  expect(said[0].list).not.toBe(said[1].list);
}, 120_000);

test('it ends with an error when the training fails', async () => {
  const idle = join(home, 'no-training.sh');
  await writeFile(idle, `#!/bin/sh\n[ "$1" = train ] && exit 3\nexec ${commandLine} "$@"\n`);
  await chmod(idle, 0o755);
  expect((await runScript(idle)).code).toBe(3);
}, 60_000);
