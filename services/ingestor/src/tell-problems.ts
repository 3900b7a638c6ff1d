import type { Logger } from '@reelay/shared/observability';
import type { Clock } from '@reelay/shared/runtime';

export interface PortProblem {
  port: string;
  code: string;
  message: string;
}

const quietMs = 30_000;
/** Ports and codes are few; drivers could invent some. */
const kindsMax = 200;

/**
 * Tells troubles of ports without filling the log while one lasts: of each port and code one line in 30 s, with the number of those that were
 * left out since the line before.
 */
export function createProblemTeller(log: Logger, clock: Pick<Clock, 'monotonicMs'>): (problem: PortProblem) => void {
  const kinds = new Map<string, { toldAt: number; leftOut: number }>();
  return (problem) => {
    const [key, now] = [`${problem.port} ${problem.code}`, clock.monotonicMs()];
    const known = kinds.get(key);
    if (known !== undefined && now - known.toldAt < quietMs) return void known.leftOut++;
    if (kinds.size >= kindsMax) kinds.clear();
    kinds.set(key, { toldAt: now, leftOut: 0 });
    log.warn({ ...problem, leftOut: known?.leftOut ?? 0 }, 'trouble with a port');
  };
}
