import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folderMark } from '@reelay/native';
import { backoffMs, giveWay, nodeFlagsOf, systemClock, type Service } from '@reelay/shared/runtime';

export interface ServiceProcessOptions {
  name: string;
  /** The service's `main.ts`. */
  program: string;
  environment: Record<string, string>;
  /** Its log goes to `<name>.log` here; also the mark by which a later start knows its own leftovers. */
  folder: string;
  onRestart(name: string, code: number | null): void;
  /** How far it waits for others where a core is short, as of `nice`, 0 for not at all; asked with each start. */
  niceness?: () => number;
  /** Told when it dies again and again, each time so. False: it is not started any more. */
  onCrashLoop(error: Error): boolean;
}

const stopWithinMs = 8_000;
const restart = { firstMs: 200, maxMs: 5_000 };
/** So many deaths within this time are a crash loop. */
const crashLoop = { deaths: 6, withinMs: 30_000 };

/**
 * A service in a process of its own that is started again when it dies, with growing pauses. It has its own process group: Ctrl-C reaches the
 * starter alone, which stops the services in order.
 */
export function createServiceProcess(options: ServiceProcessOptions): Service & { readonly pid: number } {
  let child: ChildProcess | undefined;
  let stopping = false;
  let deaths: number[] = [];
  let cancelRestart = (): void => {};

  function launch(): void {
    child = spawnService(options);
    child.once('exit', (code) => {
      if (!stopping) afterDeath(code);
    });
  }

  function afterDeath(code: number | null): void {
    const now = systemClock.monotonicMs();
    deaths = [...deaths.filter((at) => now - at < crashLoop.withinMs), now];
    if (deaths.length >= crashLoop.deaths) {
      const goesOn = options.onCrashLoop(new Error(`${options.name} dies again and again; see ${logPath(options)}`));
      if (!goesOn) return;
    }
    options.onRestart(options.name, code);
    cancelRestart = systemClock.after(backoffMs(deaths.length, restart), launch);
  }

  return {
    name: options.name,
    get pid() {
      return child?.pid ?? 0;
    },
    async start() {
      stopping = false;
      if (!child || child.exitCode !== null) launch();
    },
    async stop() {
      stopping = true;
      cancelRestart();
      if (child) await end(child);
    },
  };
}

const logPath = ({ folder, name }: ServiceProcessOptions): string => join(folder, `${name}.log`);

function spawnService(options: ServiceProcessOptions): ChildProcess {
  mkdirSync(options.folder, { recursive: true });
  const log = openSync(logPath(options), 'a', 0o600);
  try {
    const child = spawn(process.execPath, [...nodeFlagsOf(options.name), options.program], {
      cwd: dirname(options.program),
      env: { ...options.environment, [folderMark]: options.folder },
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.on('error', () => {}); // seen as an exit
    if (child.pid !== undefined) void giveWay(child.pid, options.niceness?.() ?? 0);
    return child;
  } finally {
    closeSync(log);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const cancel = systemClock.after(stopWithinMs, () => child.kill('SIGKILL'));
  await gone;
  cancel();
}
