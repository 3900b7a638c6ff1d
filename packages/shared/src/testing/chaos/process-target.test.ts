import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { waitUntil } from '../wait-until.ts';
import { processTarget } from './process-target.ts';

/** `T` is held by a signal; `S` and `R` are not. */
const stateOf = async (pid: number) =>
  (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ')[1]?.[0];

test.runIf(process.platform === 'linux')('a process is held and goes on, by its own number', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' });
  const none = async () => {};
  const target = processTarget({ name: 'one', pid: child.pid!, start: none, stop: none, kill: none });
  try {
    await target.pause();
    await waitUntil('held', async () => (await stateOf(child.pid!)) === 'T');
    await target.resume();
    await waitUntil('goes on', async () => (await stateOf(child.pid!)) !== 'T');
  } finally {
    child.kill('SIGKILL');
  }
});

test('one that does not run needs no signal', () => {
  const none = async () => {};
  const target = processTarget({ name: 'gone', pid: 0, start: none, stop: none, kill: none });
  expect(target.pause()).toBeUndefined();
  expect(target.resume()).toBeUndefined();
});
