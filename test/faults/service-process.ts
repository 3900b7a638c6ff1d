import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFlagsOf } from '@reelay/shared/runtime';
import { waitUntil } from '@reelay/shared/testing';
import { freePorts } from './free-ports.ts';

/** A service's `main.ts` in a process of its own. Its ports stay the same over kill and start. */
export interface ServiceProcess {
  readonly name: string;
  /** Of the process that runs now; 0 when none does. */
  readonly pid: number;
  /** Base URLs; only the gateway has a public one. */
  readonly url: string;
  readonly adminUrl: string;
  /** Resolves when `/livez` answers; throws with the end of its output when it ends before. */
  start(): Promise<void>;
  /** SIGTERM, after 8 s SIGKILL; resolves when it is gone. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** The last lines that it wrote, over all its lives. */
  output(): Promise<string>;
}

export interface ServiceProcessOptions {
  name: string;
  /** Where its output is kept, and where it runs. */
  folder: string;
  /** All that it sees of the environment, beside its ports. */
  environment: Record<string, string>;
  /** In the names of its files, where one service runs twice. */
  label?: string;
  /** What is run in place of the service's own `main.ts`. */
  program?: string;
}

const services = join(import.meta.dirname, '../../services');
const liveWithinMs = 30_000;
const stopWithinMs = 8_000;
const outputLines = 25;

export async function createServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { name, folder, label = name } = options;
  const ports = await freePorts('PORT', 'ADMIN_PORT');
  const logFile = join(folder, `${label}.log`);
  const adminUrl = `http://127.0.0.1:${ports.ADMIN_PORT}`;
  let child: ChildProcess | undefined;

  const runs = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const output = async () =>
    (await readFile(logFile, 'utf8').catch(() => '')).split('\n').slice(-outputLines).join('\n');
  const end = async (signal: NodeJS.Signals) => {
    if (child === undefined || !runs()) return;
    const gone = new Promise<unknown>((resolve) => child?.once('exit', resolve));
    const timer = setTimeout(() => child?.kill('SIGKILL'), stopWithinMs);
    child.kill(signal);
    await gone;
    clearTimeout(timer);
  };
  // A test run that is cut off must not leave its services behind.
  process.once('exit', () => child?.kill('SIGKILL'));

  return {
    name: label,
    get pid() {
      return runs() ? (child?.pid ?? 0) : 0;
    },
    url: `http://127.0.0.1:${ports.PORT}`,
    adminUrl,
    output,
    async start() {
      if (runs()) return;
      child = spawnService(options, logFile, ports);
      await waitUntil(`${label} is live`, async () => !runs() || (await isLive(adminUrl)), liveWithinMs);
      if (!runs()) throw new Error(`${label} ended while it started:\n${await output()}`);
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function spawnService(
  { name, folder, environment, program = join(services, name, 'src/main.ts') }: ServiceProcessOptions,
  logFile: string,
  ports: Record<string, string>,
): ChildProcess {
  mkdirSync(folder, { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(process.execPath, [...nodeFlagsOf(name), program], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', ...ports, ...environment },
      stdio: ['ignore', log, log],
    });
    child.on('error', () => {}); // seen as an exit
    return child;
  } finally {
    closeSync(log);
  }
}

const isLive = (adminUrl: string): Promise<boolean> =>
  fetch(`${adminUrl}/livez`, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  );
