import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolders } from '../testing/temporary-folder.ts';
import { endProcesses, killProcesses } from './end-processes.ts';
import { isAlive, markedProcesses, signal } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { startProcess } from './start-process.ts';
import { waitUntil } from './wait-until.ts';

const newFolder = temporaryFolders();

/** A shell that does what the script says and has made the file `begun` before it is handed out. */
async function aShell(folder: string, script: string): Promise<ProcessIdentity> {
  const args = ['-c', script];
  const shell = await startProcess(folder, { role: 'shell', program: 'sh', args });
  if (shell === undefined) throw new Error('the shell ended at once');
  onTestFinished(() => signal(shell, 'SIGKILL'));
  expect(await waitUntil(() => existsSync(join(folder, 'begun')), 5_000)).toBe(true);
  return shell;
}

test('a process that ignores SIGTERM is gone all the same', async () => {
  const folder = newFolder();
  const deaf = await aShell(folder, 'trap "" TERM; touch begun; while :; do sleep 1; done');
  await endProcesses(folder, [deaf], 100);
  expect(isAlive(deaf)).toBe(false);
});

test('a process that listens may finish what it does', async () => {
  const folder = newFolder();
  const polite = await aShell(folder, 'trap "touch finished; exit" TERM; touch begun; while :; do sleep 0.1; done');
  await endProcesses(folder, [polite]);
  expect(isAlive(polite)).toBe(false);
  expect(existsSync(join(folder, 'finished'))).toBe(true);
});

test('a killed process takes along what it had started', async () => {
  const folder = newFolder();
  const parent = await aShell(folder, 'sleep 600 & touch begun; wait');
  expect(markedProcesses(folder)).toHaveLength(2);
  await killProcesses(folder, [parent]);
  expect(isAlive(parent)).toBe(false);
  expect(markedProcesses(folder)).toEqual([]);
});

test('a process of another folder is not touched', async () => {
  const [folder, other] = [newFolder(), newFolder()];
  const neighbour = await aShell(other, 'touch begun; sleep 600; :');
  await killProcesses(folder, []);
  await endProcesses(folder, []);
  expect(isAlive(neighbour)).toBe(true);
  await killProcesses(other, [neighbour]);
});
