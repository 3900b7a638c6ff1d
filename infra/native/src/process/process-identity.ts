import { readFileSync, readdirSync } from 'node:fs';

/**
 * A process that cannot be mistaken for a later one with the same number: the start time comes from the kernel
 * (field 22 of /proc/<pid>/stat, clock ticks since boot, see proc(5)) and counts only within one boot.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: number;
  readonly bootId: string;
}

/** The variable that every process started here carries in its environment; its value is the server's folder. */
export const folderMark = 'REELAY_NATIVE_FOLDER';

/**
 * Identity of a living process; undefined when there is none, or only its zombie. A zombie with threads counts as
 * living: until the last of them has gone the process still holds its ports and files.
 */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = readProc(`${pid}/stat`);
  if (stat === undefined) return undefined;
  // The program's name stands in brackets and may hold anything, so count from behind the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if ((fields[0] === 'Z' || fields[0] === 'X') && threadCount(pid) <= 1) return undefined;
  return { pid, startTicks: Number(fields[19]), bootId: bootId() };
}

/** Whether this very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

/** Whether this very process still runs and was started for this folder. */
export function isOurs(identity: ProcessIdentity, folder: string): boolean {
  // The kernel takes the environment away first when a process ends; from then on the start time must do.
  return isAlive(identity) && (isMarked(identity.pid, folder) || readProc(`${identity.pid}/environ`) === '');
}

/** Every living process that was started for this folder, its helpers and orphans included. */
export function markedProcesses(folder: string): ProcessIdentity[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const marked = pids.map(Number).filter((pid) => isMarked(pid, folder));
  return marked.map(identityOf).filter((identity) => identity !== undefined);
}

/** Sends a signal, unless the process has gone: its number may have been given to somebody else. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** False for processes of other users: their environment cannot be read. */
function isMarked(pid: number, folder: string): boolean {
  return readProc(`${pid}/environ`)?.split('\0').includes(`${folderMark}=${folder}`) ?? false;
}

function threadCount(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

const bootId = (): string => readProc('sys/kernel/random/boot_id')?.trim() ?? '';

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined; // gone, or not ours to read
  }
}
