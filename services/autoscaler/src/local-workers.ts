import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { freePort, isAlive, signal, type ProcessIdentity } from '@reelay/native';
import { AppError, type Clock } from '@reelay/shared/runtime';
import { z } from 'zod';
import { pools, type Pool } from './pools.ts';
import type { Scaler, Worker } from './scaler.ts';
import { spawnWorker, type WorkerProgram } from './spawn-worker.ts';

export interface LocalWorkersOptions {
  /** Holds one file a worker; every autoscaler of this platform has the same. */
  folder: string;
  program: WorkerProgram;
  /** A draining worker that is still there after this is ended. */
  drainWithinMs: number;
  clock: Clock;
}

const identity = z.object({ pid: z.number().int(), startTicks: z.number(), bootId: z.string() });
const record = z.object({
  id: z.string(),
  pool: z.enum(pools),
  /** Absent in records of earlier programs. */
  place: z.number().int().nullable().default(null),
  identity,
  adminPort: z.number().int(),
  startedAtMs: z.number(),
  drainingSinceMs: z.number().nullable(),
});
type WorkerRecord = z.infer<typeof record>;

/**
 * Workers as processes of this host. Each has a file that names its process by number, start time and boot, so that an autoscaler that comes
 * later finds them, and a number that was given to somebody else meanwhile is never signalled.
 */
export function createLocalWorkers({ folder, program, drainWithinMs, clock }: LocalWorkersOptions): Scaler {
  mkdirSync(folder, { recursive: true });
  const fileOf = (id: string): string => join(folder, `${id}.json`);

  function write(worker: WorkerRecord): void {
    const draft = `${fileOf(worker.id)}.new`;
    writeFileSync(draft, JSON.stringify(worker), { mode: 0o600 });
    renameSync(draft, fileOf(worker.id));
  }

  /** Living ones; files of dead ones are taken away. */
  function living(): WorkerRecord[] {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.flatMap((name) => {
      const worker = readRecord(join(folder, name));
      if (worker && isAlive(worker.identity)) return [worker];
      rmSync(join(folder, name), { force: true });
      return [];
    });
  }

  function endOverdue(worker: WorkerRecord): void {
    if (worker.drainingSinceMs === null || clock.now() - worker.drainingSinceMs < drainWithinMs) return;
    signal(worker.identity, 'SIGKILL');
  }

  return {
    async list() {
      const all = living();
      all.forEach(endOverdue);
      return all.map(workerOf);
    },
    async start(pool: Pool, place) {
      const adminPort = await freePort();
      const process: ProcessIdentity | undefined = await spawnWorker(program, { pool, place }, adminPort);
      if (!process) throw new AppError('START_FAILED', 'a worker ended as soon as it was started');
      const id = `${pool}-${randomUUID().slice(0, 8)}`;
      const worker = { id, pool, place, identity: process, adminPort, startedAtMs: clock.now(), drainingSinceMs: null };
      write(worker);
      return workerOf(worker);
    },
    async drain(id) {
      const worker = living().find((one) => one.id === id);
      if (!worker || worker.drainingSinceMs !== null) return;
      write({ ...worker, drainingSinceMs: clock.now() });
      signal(worker.identity, 'SIGTERM');
    },
  };
}

const workerOf = ({ id, pool, place, adminPort, startedAtMs, drainingSinceMs }: WorkerRecord): Worker => ({
  id,
  pool,
  place,
  state: drainingSinceMs === null ? 'running' : 'draining',
  admin: `http://127.0.0.1:${adminPort}`,
  startedAtMs,
});

/** Undefined when a crash left it unreadable, or it has just been taken away. */
function readRecord(file: string): WorkerRecord | undefined {
  try {
    return record.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
