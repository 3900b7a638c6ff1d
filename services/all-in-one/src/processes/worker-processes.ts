import { join } from 'node:path';
import { AppError } from '@reelay/shared/runtime';
import type { WorkerRange } from '../platform.ts';

/** `3` = always three, `1-6` = by load within these, `auto` = by load within the autoscaler's own bounds. */
export function readWorkerRange(text: string): WorkerRange {
  if (text === 'auto') return {};
  const [, from, to = from] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(text) ?? [];
  const [least, most] = [Number(from), Number(to)];
  if (from === undefined || most < 1 || least > most)
    throw new AppError('REQUEST_INVALID', `--workers takes auto, a number or a range such as 1-6, not "${text}"`);
  return { least, most };
}

/** What the autoscaler of this home is started with, besides what every service gets. */
export function autoscalerEnvironment(
  home: string,
  { least, most }: WorkerRange,
  places: { workerProgram: string; logFolder: string; gatewayAdmins: string[] },
): Record<string, string> {
  return {
    WORKERS_DIR: workersFolder(home),
    WORKER_PROGRAM: places.workerProgram,
    LOG_DIR: places.logFolder,
    GATEWAY_ADMIN_URLS: places.gatewayAdmins.join(','),
    ...(least === undefined ? {} : { WORKERS_MIN: String(least) }),
    ...(most === undefined ? {} : { WORKERS_MAX: String(most) }),
  };
}

/** Where the autoscaler of a home keeps the records of its workers. */
export const workersFolder = (home: string): string => join(home, 'workers');
