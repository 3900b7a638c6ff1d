import type { StruckFault } from '@reelay/shared/testing';
import type { TwoGatewayAnswer } from './ask-two-gateways.ts';

/** How long after its return full answers may still be missing; a gateway is replaced by the other one at once. */
export const recoversWithinMs: Record<string, number> = {
  gateway: 1_000,
  redis: 1_000,
  'inference-worker': 2_000,
  rabbitmq: 3_000,
};

export interface Recovery {
  kind: string;
  /** Faults after which something was asked when full answers were due. */
  faults: number;
  /** Asked from then until the next strike. */
  asked: number;
  full: number;
  /** Milliseconds from the return to the last answer that was not full, longest. */
  slowestMs: number;
}

const kindOf = (target: string): string => target.replace(/-\d+$/, '');

const isFull = ({ outcome }: TwoGatewayAnswer): boolean => outcome === 'model' || outcome === 'cache';

/** By kind of process: what was answered once it was back for as long as it may take. `startedAt`: `performance.now()` of the first gap. */
export function recoveriesOf(
  faults: readonly StruckFault[],
  answers: readonly TwoGatewayAnswer[],
  startedAt: number,
): Recovery[] {
  const byKind = new Map<string, Recovery>();
  for (const [at, { target, backAtMs }] of faults.entries()) {
    const kind = kindOf(target);
    const back = startedAt + backAtMs;
    const next = faults.slice(at + 1).find(({ struckAtMs }) => struckAtMs > backAtMs);
    // What was sent just before the next strike may be hit by it.
    const end = next === undefined ? Infinity : startedAt + next.struckAtMs - 400;
    const between = answers.filter(({ sentAt }) => sentAt >= back && sentAt < end);
    const due = between.filter(({ sentAt }) => sentAt >= back + recoversWithinMs[kind]);
    if (due.length === 0) continue;
    const known = byKind.get(kind) ?? { kind, faults: 0, asked: 0, full: 0, slowestMs: 0 };
    const last = between.findLast((answer) => !isFull(answer));
    byKind.set(kind, {
      kind,
      faults: known.faults + 1,
      asked: known.asked + due.length,
      full: known.full + due.filter(isFull).length,
      slowestMs: Math.max(known.slowestMs, last === undefined ? 0 : Math.round(last.sentAt - back)),
    });
  }
  return [...byKind.values()];
}

/** 99 of 100 must be full; empty when all was kept. Faults that left no time to look at are no proof of anything. */
export function problemsOfRecovery(recoveries: readonly Recovery[]): string[] {
  if (recoveries.length === 0) return ['after no fault was there time for full answers to come back'];
  return recoveries
    .filter(({ asked, full }) => full * 100 < asked * 99)
    .map(({ kind, asked, full }) => `after ${kind} was back: ${full} of ${asked} are full answers`);
}
