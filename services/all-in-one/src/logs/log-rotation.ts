import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Service } from '@reelay/shared/runtime';
import { rotateLog, type LogLimits } from './rotate-log.ts';

export interface LogRotationOptions extends LogLimits {
  /** All `*.log` files of this folder; it may come later. */
  folder: string;
  clock: Clock;
  /** Told of the first failure after each success; it tries again by itself. */
  onProblem(error: unknown): void;
}

/** Files may be larger than their limit by what is written in this time. */
const lookMs = 1_000;

/** Keeps the logs of all services small while it runs, whoever writes them: threads of this process or other processes. */
export function createLogRotation(options: LogRotationOptions): Service & { look(): Promise<number> } {
  let cancel = (): void => {};
  let running = false;
  let failed = false;
  let looking: Promise<unknown> = Promise.resolve();

  /** How many files were rotated. */
  async function look(): Promise<number> {
    try {
      const rotated = await rotateAll(options);
      failed = false;
      return rotated;
    } catch (error) {
      if (!failed) options.onProblem(error);
      failed = true;
      return 0;
    }
  }

  function lookAndWait(): void {
    looking = look().then(() => {
      if (running) cancel = options.clock.after(lookMs, lookAndWait);
    });
  }

  return {
    name: 'log rotation',
    look,
    async start() {
      if (running) return;
      running = true;
      lookAndWait();
    },
    async stop() {
      running = false;
      cancel();
      await looking;
    },
  };
}

async function rotateAll({ folder, maxBytes, keep }: LogRotationOptions): Promise<number> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  let rotated = 0;
  for (const name of names.filter((file) => file.endsWith('.log'))) {
    if (await rotateLog(join(folder, name), { maxBytes, keep })) rotated += 1;
  }
  return rotated;
}
