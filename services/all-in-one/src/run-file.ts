import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const runFile = z.object({
  pid: z.number().int(),
  mode: z.enum(['embedded', 'processes']),
  startedAt: z.string(),
  gateway: z.string(),
  /** Base URL of each service's admin port; the same one for all in the embedded mode. */
  admin: z.record(z.string(), z.string()),
  topic: z.string(),
  namespace: z.string(),
  addresses: z.object({
    QUEUE_URL: z.string(),
    REDIS_URL: z.string(),
    EVENT_LOG_URL: z.string(),
    LEDGER_URL: z.string(),
    ARTIFACTS_URL: z.string(),
    CSV_DIR: z.string(),
    DETAILS_DIR: z.string(),
  }),
});
/** What a running platform tells the other commands: where it is, and on which stores. */
export type RunFile = z.infer<typeof runFile>;

const pathOf = (home: string): string => join(home, 'run.json');

/** Written as a whole; readable by its owner alone, since URLs carry passwords. */
export async function writeRunFile(home: string, content: RunFile): Promise<void> {
  await mkdir(home, { recursive: true });
  const half = `${pathOf(home)}.${process.pid}`;
  await writeFile(half, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(half, pathOf(home));
}

export const removeRunFile = (home: string): Promise<void> => rm(pathOf(home), { force: true });

/** The running platform of this home, or undefined: no file, or its process is gone. */
export async function readRunFile(home: string): Promise<RunFile | undefined> {
  try {
    const content = runFile.parse(JSON.parse(await readFile(pathOf(home), 'utf8')));
    process.kill(content.pid, 0);
    return content;
  } catch {
    return undefined;
  }
}
