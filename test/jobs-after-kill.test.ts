import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { jobStatus } from '@reelay/shared/contracts';
import { waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkResults, noProblems } from './check-results.ts';
import { exitOf } from './run-platform.ts';

const ids = Array.from({ length: 30_000 }, (_, at) => 1 + 3 * at);
const count = 5;
const kills = 3;

let folder: string;
let child: ChildProcess;
let url: string;

async function start(): Promise<void> {
  child = spawn(process.execPath, [join(import.meta.dirname, 'job-process.fixture.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    url = line;
    return;
  }
  throw new Error('it ended before it was ready');
}

async function kill(): Promise<void> {
  child.kill('SIGKILL');
  if (child.signalCode === null) await exitOf(child);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-kill-'));
  await start();
});
afterAll(async () => {
  await kill();
  await rm(folder, { recursive: true, force: true });
});

test(
  'a process that is killed in mid-job goes on with it when it is started again, each user once',
  {
    timeout: 120_000,
  },
  async () => {
    const response = await fetch(`${url}/jobs?n=${count}`, { method: 'POST', body: ids.join('\n') });
    const { jobId } = jobStatus.parse(await response.json());
    const status = async () => jobStatus.parse(await (await fetch(`${url}/jobs/${jobId}`)).json());
    for (let killed = 0, done = 0; killed < kills; killed++) {
      await waitUntil('slices in hand, and some done since', async () => {
        const { slices } = await status();
        return slices.started > 0 && slices.done > done + 5;
      });
      const { state, slices } = await status();
      await kill();
      expect(state, 'it hit a job that ran').toBe('running');
      expect(slices.waiting).toBeGreaterThan(0);
      done = slices.done;
      await start();
    }
    await waitUntil('the end', async () => (await status()).state !== 'running', 60_000);
    const ended = await status();
    expect(ended).toMatchObject({ state: 'done', slices: { total: 150, done: 150 }, users: { model: ids.length } });
    expect(ended.retries, 'slices in hand were taken once more').toBeGreaterThan(0);
    const results = await (await fetch(`${url}/jobs/${jobId}/results`)).text();
    expect(checkResults(ids, results, count)).toEqual(noProblems);
  },
);

test('a slice that is there twice, one that is not there, and two that changed places are told', () => {
  const line = (userId: number) => JSON.stringify({ userId, outcome: 'model', modelVersion: '1-aaaaaa', items: [{ id: `a+${userId}+2000`, score: 1 }] }); // prettier-ignore
  const check = (...users: number[]) => checkResults([1, 2, 3], users.map(line).join('\n'), 1);
  expect(check(1, 2, 3)).toEqual(noProblems);
  expect(check(1, 2, 3, 2)).toMatchObject({ doubled: [2] });
  expect(check(1, 3)).toMatchObject({ missing: [2], outOfOrder: true });
  expect(check(2, 1, 3)).toMatchObject({ outOfOrder: true });
  expect(check(1, 2, 3, 4)).toMatchObject({ foreign: [4] });
  expect(checkResults([1], line(1), 2)).toMatchObject({ wrongList: [1] });
});
