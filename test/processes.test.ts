import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderMark, missingServers } from '@reelay/native';
import type { RecommendResponse } from '@reelay/shared/contracts';
import { waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitOf, startPlatform } from './run-platform.ts';

const missing =
  process.env.REELAY_TEST_SERVERS === 'off' ? [{ cure: 'unset REELAY_TEST_SERVERS' }] : await missingServers();
if (missing.length > 0) console.log(`npm run up was not tried: ${missing[0].cure}`);

let home = '';
beforeAll(async () => void (home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-up-')))));
afterAll(() => rm(home, { recursive: true, force: true }));

test('the servers are there when they are required', () => {
  if (process.env.REQUIRE_REAL === '1') expect(missing).toEqual([]);
});

describe.runIf(missing.length === 0)('npm run up', () => {
  test('answers from separate processes on real servers; after a crash the next one clears what was left; an interrupt ends it all', async () => {
    const settings = { REELAY_HOME: home, SIM_PRESET: 'tiny', SIM_HISTORY_LINES: '50000', GATEWAYS: '2' };
    const first = await startPlatform(['--processes'], settings);
    const answer = await ask(first.ready.gateway, first.ready.users[0]);
    expect(answer.outcome).toBe('model');
    expect(Object.keys(first.ready.admin)).toHaveLength(7);
    await bothAnswer(first.ready.gateway, [first.ready.admin.gateway, first.ready.admin['gateway-2']]);
    const running = processesOf(home);
    expect(running.length).toBeGreaterThanOrEqual(11);
    kill(home);
    await exitOf(first.child);
    expect(processesOf(home).length).toBeGreaterThan(0);

    const second = await startPlatform(['--processes', '--workers', '1-2'], settings);
    expect(second.ready.lines.find(({ event }) => event === 'cleared')?.pids).toHaveLength(7);
    const again = await ask(second.ready.gateway, second.ready.users[0]);
    expect([again.modelVersion, again.history]).toEqual([answer.modelVersion, answer.history]);
    await workersFollow(second.ready.admin.autoscaler);
    second.child.kill('SIGINT');
    expect(await exitOf(second.child)).toBe(0);
    expect(processesOf(home)).toEqual([]);
  }, 180_000);
});

/** The starter dies without a word, as by the out-of-memory killer; its own pid stands in the run file. */
function kill(folder: string): void {
  const { pid } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
}

async function ask(gateway: string, user: number): Promise<RecommendResponse> {
  const response = await fetch(`${gateway}/recommend/${user}`, { headers: { accept: 'application/json' } });
  return (await response.json()) as RecommendResponse;
}

/** Connections to the one port are spread over both; each counts what it answered. */
async function bothAnswer(gateway: string, admins: string[]): Promise<void> {
  await waitUntil('both have answered', async () => {
    await fetch(`${gateway}/recommend/7`, { headers: { connection: 'close' } });
    const texts = await Promise.all(admins.map(async (admin) => (await fetch(`${admin}/metrics`)).text()));
    return texts.every((text) => /^reelay_gateway_answers_total\{[^}]*\} [1-9]/m.test(text));
  });
}

/** One worker for the little that is asked; two when a person says so. */
async function workersFollow(admin: string): Promise<void> {
  const running = async (): Promise<number> => {
    const view = (await (await fetch(`${admin}/admin/workers`)).json()) as {
      workers: { pool: string; state: string }[];
    };
    return view.workers.filter(({ pool, state }) => pool === 'single' && state === 'running').length;
  };
  expect(await running()).toBe(1);
  const { status, stdout } = spawnSync(
    join(import.meta.dirname, '../node_modules/.bin/reelay'),
    ['workers', '--set', '2'],
    {
      env: { ...process.env, REELAY_HOME: home },
      encoding: 'utf8',
    },
  );
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('single') });
  await waitUntil('two workers run', async () => (await running()) === 2);
}

/** Processes that were started for a folder below `home`: they carry it in their environment. */
const processesOf = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => environmentOf(pid).some((entry) => entry.startsWith(`${folderMark}=${folder}/`)));

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
