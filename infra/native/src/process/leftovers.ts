import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { NativeError } from '../native-error.ts';
import { nativeServerNames } from '../server-name.ts';
import { isAlive, isOurs, markedProcesses } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { readRecord, removeRecord } from './process-record.ts';
import { endProcesses } from './end-processes.ts';

/**
 * Ends what a crashed starter left running under this home folder and gives the numbers of the ended processes.
 * Ours is a process that carries the folder in its environment; a recorded number that meanwhile belongs to another
 * process is left alone. Throws HOME_IN_USE when the one that started them still lives.
 */
export async function clearLeftovers(home: string): Promise<number[]> {
  if (!existsSync(home)) return [];
  const folders = nativeServerNames.map((name) => join(realpathSync(home), name)).filter((path) => existsSync(path));
  for (const folder of folders) refuseIfInUse(folder);
  return (await Promise.all(folders.map(clearFolder))).flat();
}

/** The same for the folder of one server. */
export async function clearFolder(folder: string): Promise<number[]> {
  refuseIfInUse(folder);
  const ours = leftoversIn(folder);
  await endProcesses(folder, ours);
  removeRecord(folder);
  return ours.map(({ pid }) => pid);
}

/** Recorded ones first, in the order of their start, then helpers and what was started but not yet recorded. */
function leftoversIn(folder: string): ProcessIdentity[] {
  const recorded = (readRecord(folder)?.processes ?? []).filter((one) => isOurs(one, folder));
  const known = new Set(recorded.map(({ pid }) => pid));
  return [...recorded, ...markedProcesses(folder).filter(({ pid }) => !known.has(pid))];
}

function refuseIfInUse(folder: string): void {
  const record = readRecord(folder);
  if (record === undefined || record.owner.pid === process.pid || !isAlive(record.owner)) return;
  if (leftoversIn(folder).length === 0) return;
  const { pid } = record.owner;
  throw new NativeError(
    'HOME_IN_USE',
    `Process ${pid} runs servers in ${folder}.`,
    `Stop process ${pid} or use another folder.`,
  );
}
