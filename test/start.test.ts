import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RecommendResponse } from '@reelay/shared/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Ready {
  gateway: string;
  users: number[];
  steps: string[];
}

const root = join(import.meta.dirname, '..');
let home = '';
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'reelay-start-'))));
afterAll(() => rm(home, { recursive: true, force: true }));

test('one command: five people get a model answer from their own history; the second start trains nothing; an interrupt ends it all', async () => {
  const first = await start();
  const firstAnswers = await askAll(first.ready);
  expect(first.ready.steps).toEqual(['history', 'ingest', 'training', 'release']);
  expect(firstAnswers).toHaveLength(5);
  for (const answer of firstAnswers) {
    expect(answer.outcome).toBe('model');
    expect(answer.history?.items).toBeGreaterThan(0);
    expect(answer.items).toHaveLength(20);
  }
  await interrupt(first);

  const second = await start();
  const secondAnswers = await askAll(second.ready);
  expect(second.ready.steps).not.toContain('training');
  expect(secondAnswers.map(({ modelVersion }) => modelVersion)).toEqual(
    firstAnswers.map(({ modelVersion }) => modelVersion),
  );
  expect(secondAnswers.map(({ outcome }) => outcome)).toEqual(['model', 'model', 'model', 'model', 'model']);
  await interrupt(second);
}, 120_000);

test('a port that is taken is said in one sentence, and nothing is left running', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const child = launch({ PORT: `${port}`, HOST: '127.0.0.1', ADMIN_PORT: `${await freePort()}` }, 'pipe');
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect(await exitOf(child)).toBe(1);
  expect(said).toContain(`:${port}`);
  expect(said).toContain('PORT_IN_USE');
  taken.close();
}, 60_000);

async function start(): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = launch({ PORT: `${await freePort()}`, ADMIN_PORT: `${await freePort()}` }, 'inherit');
  const steps: string[] = [];
  if (!child.stdout) throw new Error('no output');
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as { event: string; step?: string } & Omit<Ready, 'steps'>;
    if (line.event === 'step' && line.step) steps.push(line.step);
    if (line.event !== 'ready') continue;
    child.stdout.resume();
    return { child, ready: { ...line, steps } };
  }
  throw new Error('it ended before it was ready');
}

function launch(settings: Record<string, string>, stderr: 'inherit' | 'pipe'): ChildProcess {
  const environment = { ...process.env, REELAY_HOME: home, SIM_HISTORY_LINES: '150000', ...settings };
  const args = [join(root, 'scripts/reelay.mjs'), 'up', '--json'];
  return spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', stderr] });
}

const askAll = ({ gateway, users }: Ready): Promise<RecommendResponse[]> =>
  Promise.all(
    users.map(async (user) => {
      const response = await fetch(`${gateway}/recommend/${user}`, { headers: { accept: 'application/json' } });
      expect(response.status).toBe(200);
      return (await response.json()) as RecommendResponse;
    }),
  );

async function interrupt({ child, ready }: { child: ChildProcess; ready: Ready }): Promise<void> {
  child.kill('SIGINT');
  expect(await exitOf(child)).toBe(0);
  await expect(fetch(`${ready.gateway}/healthz`)).rejects.toThrow();
}

const exitOf = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
