import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startNativeServer } from '../start-servers.ts';
import { installedServers } from '../testing/installed-servers.ts';
import { temporaryFolders } from '../testing/temporary-folder.ts';
import { isFree } from './kept-ports.ts';
import { clearLeftovers } from './leftovers.ts';
import { identityOf, isAlive, signal } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { writeRecord } from './process-record.ts';
import { startProcess } from './start-process.ts';

const newFolder = temporaryFolders();
const starter = fileURLToPath(new URL('../testing/start-and-stay.ts', import.meta.url));

function folderOfRedis(home: string): string {
  const folder = join(home, 'redis');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A process that nobody of us started for the folder. */
function aForeignProcess(): ProcessIdentity {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return known(child.pid);
}

function known(pid: number | undefined): ProcessIdentity {
  const identity = identityOf(pid ?? 0);
  if (identity === undefined) throw new Error('the process did not start');
  return identity;
}

async function aMarkedProcess(folder: string): Promise<ProcessIdentity> {
  const started = known((await startProcess(folder, { role: 'sleeper', program: 'sleep', args: ['600'] }))?.pid);
  onTestFinished(() => signal(started, 'SIGKILL'));
  return started;
}

test('what was started for the folder is ended, recorded or not', async () => {
  const home = newFolder();
  const folder = folderOfRedis(home);
  const [recorded, unrecorded] = [await aMarkedProcess(folder), await aMarkedProcess(folder)];
  writeRecord(folder, [recorded]);
  expect(await clearLeftovers(home)).toEqual([recorded.pid, unrecorded.pid]);
  expect([isAlive(recorded), isAlive(unrecorded)]).toEqual([false, false]);
  expect(await clearLeftovers(home)).toEqual([]);
});

test('a foreign process is left alone when it has a recorded number, and even the recorded start time', async () => {
  const home = newFolder();
  const foreign = aForeignProcess();
  const records = [{ ...foreign, startTicks: foreign.startTicks - 1 }, { ...foreign, bootId: 'yesterday' }, foreign];
  for (const record of records) {
    writeRecord(folderOfRedis(home), [record]);
    expect(await clearLeftovers(home)).toEqual([]);
    expect(isAlive(foreign)).toBe(true);
  }
});

test('servers whose starter still lives are not ended', async () => {
  const home = newFolder();
  const folder = folderOfRedis(home);
  const sleeper = await aMarkedProcess(folder);
  writeFileSync(join(folder, 'processes.json'), JSON.stringify({ owner: aForeignProcess(), processes: [sleeper] }));
  await expect(clearLeftovers(home)).rejects.toMatchObject({ code: 'HOME_IN_USE' });
  expect(isAlive(sleeper)).toBe(true);
});

test('a home that was never used, and a torn record, are no leftovers', async () => {
  const home = newFolder();
  expect(await clearLeftovers(join(home, 'none'))).toEqual([]);
  writeFileSync(join(folderOfRedis(home), 'processes.json'), '{"owner":');
  expect(await clearLeftovers(home)).toEqual([]);
});

/** Starts Redis in a process of its own and kills that process. */
async function crash(home: string): Promise<{ server: ProcessIdentity; url: string }> {
  const child = spawn(process.execPath, [starter, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { pid, url } = JSON.parse(line.toString()) as { pid: number; url: string };
  const server = known(pid);
  onTestFinished(() => signal(server, 'SIGKILL'));
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(isAlive(server)).toBe(true); // else there is nothing to clear
  return { server, url };
}

const installed = await installedServers(['redis']);
describe.runIf(installed.has('redis'))('a starter killed with -9', () => {
  test('leaves a server that is cleared with its port', async () => {
    const home = newFolder();
    const { server, url } = await crash(home);
    expect(await clearLeftovers(home)).toEqual([server.pid]);
    expect(isAlive(server)).toBe(false);
    expect(await isFree(Number(new URL(url).port))).toBe(true);
  });

  test('does not hinder the next start, which has the same address', async () => {
    const home = newFolder();
    const { server, url } = await crash(home);
    const next = await startNativeServer('redis', { home });
    onTestFinished(() => next.stop());
    expect(isAlive(server)).toBe(false);
    expect(next.url).toBe(url);
  });
});
