import { rm, rename } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NativeError } from '../native-error.ts';
import { isAlive } from '../process/process-identity.ts';
import { killProcesses } from '../process/end-processes.ts';
import { tellingLines, startProcess } from '../process/start-process.ts';
import type { ProcessSpec } from '../process/start-process.ts';
import { waitUntil } from '../process/wait-until.ts';

const initWithinMs = 60_000;

/**
 * Makes `<folder>/data` with a program that fills `<folder>/data.new`. The folder gets its name only when it is
 * complete (`complete` names a file that stands for that), so a crash in between is simply repeated.
 */
export async function makeDataFolder(folder: string, complete: string, spec: ProcessSpec): Promise<void> {
  if (existsSync(join(folder, 'data', complete))) return;
  const draft = join(folder, 'data.new');
  await rm(draft, { recursive: true, force: true });
  const maker = await startProcess(folder, spec);
  const ended = await waitUntil(() => maker === undefined || !isAlive(maker), initWithinMs);
  if (!ended) await killProcesses(folder, []);
  if (!ended || !existsSync(join(draft, complete))) throw notMade(folder, spec.role);
  await rename(draft, join(folder, 'data'));
}

function notMade(folder: string, role: string): NativeError {
  const what = `${join(folder, 'data')} could not be made; its log says:\n${tellingLines(folder, role)}\n`;
  return new NativeError('SERVER_NOT_STARTED', what, 'Check the free space on the disk and the rights on the folder.');
}
