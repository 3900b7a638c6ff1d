import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../runtime/index.ts';

/** Where a version, or a file of one, is written before it is moved into place. */
export const incomingFolder = '.incoming';
/** No writer takes that long; what is older belongs to one that died. */
const abandonedAfterMs = 3_600_000;

/** Takes away what writers left behind that died. Best effort: a folder that cannot be read now is looked at another time. */
export async function clearIncoming(root: string, clock: Pick<Clock, 'now'>): Promise<void> {
  const incoming = join(root, incomingFolder);
  const now = clock.now();
  const names = await readdir(incoming).catch(() => []);
  for (const name of names) {
    const path = join(incoming, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > abandonedAfterMs) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}
