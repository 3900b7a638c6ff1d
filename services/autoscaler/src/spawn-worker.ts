import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { identityOf, type ProcessIdentity } from '@reelay/native';
import { giveWay, nodeFlagsOf } from '@reelay/shared/runtime';
import { markOf } from './places.ts';
import { slotsOf, type Pool } from './pools.ts';

/** Where a core is short, batch slices wait for single requests; a tenth of it is left to them, so that they come to their end. */
const batchNiceness = 10;

export interface WorkerProgram {
  /** The worker's `main.ts`. */
  main: string;
  /** What it is started with, besides its queues and its admin port. */
  environment: Readonly<Record<string, string>>;
  /** Its log is appended to `inference-worker.log` here. */
  logFolder: string;
}

/** Starts a worker in a session of its own: it outlives who started it. Undefined when it ended at once. */
export async function spawnWorker(
  program: WorkerProgram,
  { pool, place }: { pool: Pool; place: number | null },
  adminPort: number,
): Promise<ProcessIdentity | undefined> {
  mkdirSync(program.logFolder, { recursive: true });
  const log = openSync(join(program.logFolder, 'inference-worker.log'), 'a', 0o600);
  try {
    const child = spawn(process.execPath, [...nodeFlagsOf('inference-worker'), program.main], {
      cwd: dirname(program.main),
      env: {
        ...markEnvironment(pool, place),
        ...program.environment,
        SLOTS: slotsOf[pool].join(','),
        ADMIN_PORT: String(adminPort),
      },
      detached: true,
      stdio: ['ignore', log, log],
    });
    await once(child, 'spawn');
    child.on('error', () => {}); // seen by whoever looks whether it lives
    child.unref();
    if (child.pid === undefined) return undefined;
    if (pool === 'batch') await giveWay(child.pid, batchNiceness);
    return identityOf(child.pid);
  } finally {
    closeSync(log);
  }
}

/** What stands in the environment already is somebody's own choice, and wins. */
function markEnvironment(pool: Pool, place: number | null): Record<string, string> {
  if (pool !== 'single' || place === null) return {};
  const { slot, aboveShare } = markOf(place);
  return { WORKER_SLOT: slot, CANARY_ABOVE_SHARE: String(aboveShare) };
}
