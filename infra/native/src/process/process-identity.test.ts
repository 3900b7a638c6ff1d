import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolders } from '../testing/temporary-folder.ts';
import { identityOf, isAlive, isOurs, markedProcesses, signal } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { startProcess } from './start-process.ts';
import { waitUntil } from './wait-until.ts';

const newFolder = temporaryFolders();

async function aSleeper(folder: string): Promise<ProcessIdentity> {
  const sleeper = await startProcess(folder, { role: 'sleeper', program: 'sleep', args: ['600'] });
  if (sleeper === undefined) throw new Error('sleep ended at once');
  onTestFinished(() => signal(sleeper, 'SIGKILL'));
  return sleeper;
}

test('a started process is found by the folder that it was started for, and by no other', async () => {
  const [folder, other] = [newFolder(), newFolder()];
  const sleeper = await aSleeper(folder);
  expect(markedProcesses(folder)).toEqual([sleeper]);
  expect(markedProcesses(other)).toEqual([]);
  expect([isOurs(sleeper, folder), isOurs(sleeper, other)]).toEqual([true, false]);
});

test('the same number with another start time or another boot is another process', async () => {
  const sleeper = await aSleeper(newFolder());
  expect(isAlive(sleeper)).toBe(true);
  expect(isAlive({ ...sleeper, startTicks: sleeper.startTicks - 1 })).toBe(false);
  expect(isAlive({ ...sleeper, bootId: 'yesterday' })).toBe(false);
});

test('no signal reaches a process that has the number of one that has gone', async () => {
  const sleeper = await aSleeper(newFolder());
  signal({ ...sleeper, startTicks: sleeper.startTicks - 1 }, 'SIGKILL');
  expect(isAlive(sleeper)).toBe(true);
  signal(sleeper, 'SIGKILL');
  expect(await waitUntil(() => !isAlive(sleeper), 5_000)).toBe(true);
});

test('a process that has ended has no identity', async () => {
  const sleeper = await aSleeper(newFolder());
  signal(sleeper, 'SIGTERM');
  expect(await waitUntil(() => identityOf(sleeper.pid) === undefined, 5_000)).toBe(true);
});
