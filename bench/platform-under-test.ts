import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../test/free-port.ts';

export interface PlatformUnderTest {
  home: string;
  gateway: string;
  admin: Record<string, string>;
  users: number[];
  /** From the start of the command to its readiness: history generated and ingested, model trained and released. */
  firstStartSeconds: number;
  /** 99th percentile of the event-loop delay of the gateway's thread since the last call. */
  loopDelayP99Ms(): Promise<number>;
  stop(): Promise<void>;
}

interface Line {
  event: string;
  [field: string]: unknown;
}

const root = join(import.meta.dirname, '..');

/** A platform in a temporary folder, as a user starts it, without live traffic from the simulator. */
export async function startPlatform({ real }: { real: boolean }): Promise<PlatformUnderTest> {
  const home = await mkdtemp(join(tmpdir(), 'reelay-bench-'));
  const started = performance.now();
  const [port, adminPort] = [await freePort(), await freePort(10)];
  const args = [join(root, 'services/all-in-one/src/main.ts'), 'up', '--json', ...(real ? ['--processes'] : [])];
  const environment = {
    ...process.env,
    REELAY_HOME: home,
    PORT: `${port}`,
    ADMIN_PORT: `${adminPort}`,
    SIM_TRAFFIC: 'off',
  };
  const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = await readyLine(child);
  const addresses = ready as unknown as Pick<PlatformUnderTest, 'gateway' | 'admin' | 'users'>;
  return {
    ...addresses,
    home,
    loopDelayP99Ms: () => readLoopDelay(addresses.admin.gateway),
    firstStartSeconds: (performance.now() - started) / 1_000,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function readyLine(child: ChildProcess): Promise<Line> {
  if (!child.stdout) throw new Error('no output');
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.event !== 'ready') continue;
    child.stdout.resume();
    return line;
  }
  throw new Error('the platform ended before it was ready');
}

async function readLoopDelay(admin: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', admin))).text();
  const found = /^reelay_nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text);
  return found ? 1_000 * Number(found[1]) : Number.NaN;
}
