import { readdir, readFile, writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { systemClock } from './clock.ts';

const tryAgainMs = 150;
const attemptsMax = 20;

/**
 * Where a core is short, this process waits for others: `niceness` from 1 to 19, as of `nice`; 0 leaves it as it is. Linux shares a core among sessions
 * first and within each by niceness (`sched_autogroup_enabled`), so that of the session is set, too, where the process leads one.
 * Never throws: who may not, or came too late, stays as it was.
 */
export async function giveWay(pid: number, niceness: number): Promise<void> {
  // For the system, 0 is whoever asks.
  if (niceness <= 0 || pid <= 0) return;
  try {
    for (const thread of await threadsOf(pid)) setPriority(thread, niceness);
    if (await leadsSession(pid)) await slowSession(pid, niceness);
  } catch {
    // It ended already, or this system does not let us.
  }
}

/** A priority is a thread's; those that begin later have that of who began them. */
const threadsOf = async (pid: number): Promise<number[]> =>
  readdir(`/proc/${pid}/task`).then(
    (names) => names.map(Number),
    () => [pid],
  );

async function leadsSession(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold blanks; behind it come state, parent, group and session.
  const [, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(session) === pid;
}

/** Without privileges, Linux takes one such wish in a tenth of a second from all of a system. */
async function slowSession(pid: number, niceness: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeFile(`/proc/${pid}/autogroup`, String(niceness), { flag: 'r+' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || attempt === attemptsMax) throw error;
      await systemClock.sleep(tryAgainMs);
    }
  }
}
