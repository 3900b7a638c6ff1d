import { NativeError } from '../native-error.ts';
import { isAlive, markedProcesses, signal } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { waitUntil } from './wait-until.ts';

/** Kafka hands over its partitions before it ends; 2 s are usual, a loaded machine takes several times that. */
const politeMs = 20_000;
/** Helpers of Erlang (erl_child_setup, inet_gethost) notice about a second later that their node is gone. */
const helpersMs = 3_000;
const killMs = 10_000;

/**
 * Ends the processes of a folder, the last started first: each is asked to end and has gone before the next is asked.
 * The order matters for RabbitMQ, whose node must be gone before its name server. What does not listen is killed.
 */
export async function endProcesses(
  folder: string,
  processes: readonly ProcessIdentity[],
  withinMs = politeMs,
): Promise<void> {
  for (const one of processes.toReversed()) await endProcess(one, withinMs);
  if (await waitUntil(() => markedProcesses(folder).length === 0, helpersMs)) return;
  await killProcesses(folder, []);
}

/** Kills these and everything else that was started for the folder, and waits until all of it has gone. */
export async function killProcesses(folder: string, processes: readonly ProcessIdentity[]): Promise<void> {
  // Held on to by identity: a process that is ending shows no mark any more and still holds its ports.
  const seen = new Map(processes.map((one) => [one.pid, one]));
  const living = () => [...seen.values()].filter(isAlive);
  const allGone = () => {
    for (const one of markedProcesses(folder)) seen.set(one.pid, one);
    for (const one of living()) signal(one, 'SIGKILL');
    return living().length === 0;
  };
  if (await waitUntil(allGone, killMs)) return;
  const rest = living().map(({ pid }) => pid);
  const what = `Processes ${rest.join(', ')} of ${folder} outlive SIGKILL.`;
  throw new NativeError('SERVER_NOT_STOPPED', what, 'Check the disk they wait for.');
}

async function endProcess(one: ProcessIdentity, withinMs: number): Promise<void> {
  signal(one, 'SIGTERM');
  signal(one, 'SIGCONT'); // a paused one hears nothing otherwise
  if (await waitUntil(() => !isAlive(one), withinMs)) return;
  signal(one, 'SIGKILL');
  await waitUntil(() => !isAlive(one), killMs);
}
