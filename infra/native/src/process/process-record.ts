import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What runs in a server's folder, and who started it; written before the start is waited for. */
export interface ProcessRecord {
  readonly owner: ProcessIdentity;
  readonly processes: readonly ProcessIdentity[];
}

const fileIn = (folder: string): string => join(folder, 'processes.json');

/** The record of the folder; undefined when there is none or a crash left it unreadable. */
export function readRecord(folder: string): ProcessRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(fileIn(folder), 'utf8'));
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Records the processes as started by this one. */
export function writeRecord(folder: string, processes: readonly ProcessIdentity[]): void {
  const owner = identityOf(process.pid);
  if (owner === undefined) return; // no /proc: then nothing can be told apart later either
  const draft = `${fileIn(folder)}.new`;
  writeFileSync(draft, JSON.stringify({ owner, processes } satisfies ProcessRecord), { mode: 0o600 });
  renameSync(draft, fileIn(folder));
}

export const removeRecord = (folder: string): void => rmSync(fileIn(folder), { force: true });

function isRecord(value: unknown): value is ProcessRecord {
  if (typeof value !== 'object' || value === null || !('owner' in value) || !('processes' in value)) return false;
  return isIdentity(value.owner) && Array.isArray(value.processes) && value.processes.every(isIdentity);
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startTicks, bootId } = value as Partial<Record<keyof ProcessIdentity, unknown>>;
  return Number.isInteger(pid) && Number.isInteger(startTicks) && typeof bootId === 'string';
}
