import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { open, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const children: ChildProcess[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});
const aFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-output-'));
  folders.push(folder);
  return folder;
};

interface Told {
  dropped: number;
}

function start(args: string[], stdout: 'pipe' | number): ChildProcess {
  const child = fork(join(import.meta.dirname, 'bounded-output.fixture.ts'), args, {
    stdio: ['ignore', stdout, 'ignore', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  child.stdout?.pause();
  children.push(child);
  return child;
}

/** What it says at the end of its work; undefined when it says nothing for the time. */
const toldBy = (child: ChildProcess, withinMs: number): Promise<Told | undefined> =>
  new Promise((resolve) => {
    child.once('message', (said) => resolve(said as Told));
    setTimeout(() => resolve(undefined), withinMs).unref();
  });

/** All lines are whole. */
function count(text: string): number {
  const lines = text.trimEnd().split('\n');
  expect(lines.every((line) => (JSON.parse(line) as { msg: string }).msg === 'line')).toBe(true);
  return lines.length;
}

test('a reader that sleeps holds nobody up; what finds no room is counted, and all else is there when it wakes', async () => {
  const child = start(['logger'], 'pipe');
  const told = await toldBy(child, 15_000);
  expect(told?.dropped).toBeGreaterThan(1_000);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.stdout?.resume();
  const ended = new Promise((resolve) => child.stdout?.once('end', resolve));
  child.send('end');
  await ended;
  expect(count(text) + (told?.dropped ?? 0)).toBe(30_000);
});

test('to a file, all lines are there at the end', async () => {
  const path = join(await aFolder(), 'log');
  const file = await open(path, 'w');
  const child = start(['logger'], file.fd);
  const told = await toldBy(child, 15_000);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.send('end');
  await ended;
  await file.close();
  expect(count(await readFile(path, 'utf8')) + (told?.dropped ?? 0)).toBe(30_000);
});

test('planted: written at once, the process stands still', async () => {
  const pipe = join(await aFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  // Opened to read and write, so that the other side need not wait for a reader; nobody reads.
  const reader = await open(pipe, 'r+');
  try {
    expect(await toldBy(start(['plain', pipe], 'pipe'), 3_000)).toBeUndefined();
  } finally {
    await reader.close();
  }
});
