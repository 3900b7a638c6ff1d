import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bulkResponse, jobList } from '@reelay/shared/contracts';
import { waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkResults, noProblems } from './check-results.ts';
import { exitOf, startPlatform, type RunningPlatform } from './run-platform.ts';

const root = join(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'reelay-many-'));
const page = readFileSync(join(root, 'docs/many-at-once.md'), 'utf8');
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block]) => block.split('\n'))
  .filter((line) => line !== '');
let platform: RunningPlatform;

/** A line of the page, as its reader types it. */
function run(command: string) {
  const typed = command.replaceAll('localhost:8082', platform.ready.gateway).replace('npx reelay', 'reelay');
  const env = { ...process.env, REELAY_HOME: home, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync('bash', ['-c', typed], { cwd: home, env, encoding: 'utf8' });
  expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' });
  return stdout;
}
const linesOf = (file: string) => readFileSync(join(home, file), 'utf8');

describe('lists for many users, in one process', () => {
  beforeAll(async () => {
    platform = await startPlatform([], { REELAY_HOME: home, SIM_HISTORY_LINES: '400000', SIM_TRAFFIC: 'off' });
  });
  afterAll(async () => {
    platform?.child.kill('SIGTERM');
    if (platform) await exitOf(platform.child);
    rmSync(home, { recursive: true, force: true });
  });

  test('the page does what it says, line by line', { timeout: 120_000 }, async () => {
    expect(commands.length).toBeGreaterThan(6);
    const said = commands.map((command) => run(command));
    const { users, fallbacks, recommendations } = bulkResponse.parse(JSON.parse(said[0]));
    expect({ users, fallbacks, asked: Object.keys(recommendations) }).toEqual({ users: 3, fallbacks: 0, asked: ['1', '2', '42'] }); // prettier-ignore
    const ids = Array.from({ length: 3_000 }, (_, at) => at + 1);
    expect(checkResults(ids, linesOf('lists.ndjson'), 10)).toEqual(noProblems);
    expect(linesOf('active.ndjson').split('\n').length).toBeGreaterThan(100);
  });

  test(
    'every job ended well, and each user of the log is in the one over active users',
    { timeout: 60_000 },
    async () => {
      const listed = async () =>
      jobList.parse(await (await fetch(`${platform.ready.gateway}/jobs`)).json()).jobs.map(({ state, users }) => [state, users.total > 100 && users.model === users.total]); // prettier-ignore
      await waitUntil('all have ended', async () => (await listed()).every(([state]) => state === 'done'));
      expect(await listed()).toEqual(Array.from({ length: 4 }, () => ['done', true]));
    },
  );
});
