import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { giveWay } from './give-way.ts';

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

/** A process that waits; `alone`: in a session of its own. */
async function aProcess(alone: boolean): Promise<number> {
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: alone, stdio: 'ignore' });
  await once(child, 'spawn');
  return child.pid ?? 0;
}

/** What Linux says of a session's niceness; null where it does not group by session. */
const sessionOf = (pid: number): string | null => {
  const file = `/proc/${pid}/autogroup`;
  return existsSync(file) ? (/nice (-?\d+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? null) : null;
};

test('a process gives way, and so does its session', async () => {
  const pid = await aProcess(true);
  const before = sessionOf(pid);
  await giveWay(pid, 7);
  expect(getPriority(pid)).toBe(7);
  expect(sessionOf(pid)).toBe(before === null ? null : '7');
});

test('who shares a session does not slow the others in it', async () => {
  const mine = sessionOf(process.pid);
  const pid = await aProcess(false);
  await giveWay(pid, 7);
  expect(getPriority(pid)).toBe(7);
  expect(sessionOf(process.pid)).toBe(mine);
});

test('0 leaves all as it is, and who has ended is nobody to slow', async () => {
  const pid = await aProcess(true);
  await giveWay(pid, 0);
  expect(getPriority(pid)).toBe(getPriority());
  child?.kill('SIGKILL');
  await once(child!, 'exit');
  await giveWay(pid, 7);
  const own = getPriority();
  await giveWay(0, 7);
  expect(getPriority()).toBe(own);
});
