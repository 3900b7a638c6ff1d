import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

/** What `up --json` said when it was ready, and the steps it took. */
export interface Ready {
  gateway: string;
  admin: Record<string, string>;
  users: number[];
  steps: string[];
  /** Every line before it was ready. */
  lines: { event: string; [field: string]: unknown }[];
}

export interface RunningPlatform {
  child: ChildProcess;
  ready: Ready;
}

const root = join(import.meta.dirname, '..');

/** `npm start` or `npm run up` as a user starts it, without npm, on free ports. */
export async function launchPlatform(
  args: string[],
  settings: Record<string, string>,
  stderr: 'inherit' | 'pipe' = 'inherit',
): Promise<ChildProcess> {
  const ports = { PORT: `${await freePort()}`, ADMIN_PORT: `${await freePort(10)}` };
  return spawn(process.execPath, [join(root, 'scripts/reelay.mjs'), 'up', '--json', ...args], {
    env: { ...process.env, ...ports, ...settings },
    stdio: ['ignore', 'pipe', stderr],
  });
}

export async function startPlatform(args: string[], settings: Record<string, string>): Promise<RunningPlatform> {
  const child = await launchPlatform(args, settings);
  return { child, ready: await readyOf(child) };
}

async function readyOf(child: ChildProcess): Promise<Ready> {
  const lines: Ready['lines'] = [];
  if (!child.stdout) throw new Error('no output');
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Ready['lines'][number];
    lines.push(line);
    if (line.event !== 'ready') continue;
    child.stdout.resume();
    const steps = lines.flatMap(({ event, step }) => (event === 'step' ? [String(step)] : []));
    return { ...(line as unknown as Omit<Ready, 'steps' | 'lines'>), steps, lines };
  }
  throw new Error('it ended before it was ready');
}

export const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : Promise.resolve(child.exitCode);
