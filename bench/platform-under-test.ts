import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../test/free-port.ts';

export interface PlatformUnderTest {
  gateway: string;
  admin: Record<string, string>;
  users: number[];
  /** From the start of the command to its readiness: history generated and ingested, model trained and released. */
  firstStartSeconds: number;
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
  return {
    ...(ready as unknown as Pick<PlatformUnderTest, 'gateway' | 'admin' | 'users'>),
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
