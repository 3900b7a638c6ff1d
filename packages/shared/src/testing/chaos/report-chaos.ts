import type { StruckFault } from './run-chaos.ts';

/** Faults that hit nothing; a test asserts that there are none. */
export const missedFaults = (faults: readonly StruckFault[]): StruckFault[] => faults.filter(({ hit }) => hit <= 0);

/** How often each target was struck in which way, for people: `kafka kill`. */
export function countFaults(faults: readonly StruckFault[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { target, kind } of faults) {
    const name = `${target} ${kind}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
}
