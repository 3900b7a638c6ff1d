import { readFileSync } from 'node:fs';
import { row, type Row } from '../print-table.ts';

const ticksPerSecond = 100;

/** CPU seconds (user and system, all threads) that a process has used, from `/proc/<pid>/stat`; steps of 10 ms. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold blanks; counted from behind it, user and system time are fields 12 and 13.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Bytes in memory now. */
export function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return 1_024 * Number(kibibytes);
}

/** Runs the work and tells what each process used meanwhile, in seconds. */
export async function cpuDuring<T>(pids: Record<string, number>, work: () => Promise<T>) {
  const before = Object.entries(pids).map(([name, pid]) => ({ name, pid, seconds: cpuSeconds(pid) }));
  const result = await work();
  const used = before.map(({ name, pid, seconds }) => [name, cpuSeconds(pid) - seconds] as const);
  return { result, used: Object.fromEntries(used) };
}

/** Microseconds a request, by process and in sum, a figure a round. */
export type Costs = Record<string, number[]>;

export function addCost(costs: Costs, used: Record<string, number>, requests: number): void {
  const all = Object.values(used).reduce((total, seconds) => total + seconds, 0);
  for (const [name, seconds] of Object.entries({ ...used, 'all of them': all })) {
    (costs[name] ??= []).push((1e6 * seconds) / requests);
  }
}

export const costRows = (what: string, costs: Costs): Row[] =>
  Object.entries(costs).map(([name, rounds]) => row(`${what}, CPU an answer: ${name}`, 'µs', rounds));
