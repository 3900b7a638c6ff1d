import { setTimeout as pause } from 'node:timers/promises';
import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import { openPlans } from '@reelay/shared/messaging';

/** Versions of a plan, and the time in which a service may have known it as the newest. */
export interface PlanSpan {
  versions: string[];
  /** `performance.now()` before it was first announced: an announcement that a held store carries out later counts from here. */
  from: number;
  /** `performance.now()` after the announcement of the next one went through. */
  until: number;
}

const everyMs = 1_500;
const againMs = 50;
/** Half of the users on each track, so that both versions are asked for all the time. */
const share = 0.5;

/** The plans of two releases after one another, for ever: canary, promotion, canary of the other version, promotion. */
function planOf(turn: number, [first, second]: readonly [string, string]): Plan {
  const [stable, canary] = turn % 4 < 2 ? [first, second] : [second, first];
  const released = { ...emptyPlan, epoch: 2 + turn, stable, salt: `release ${turn >> 1}` };
  return turn % 2 === 0 ? { ...released, canary, share } : { ...released, stable: canary };
}

/** Announces one plan after the other until `signal`, each until it goes through, and notes when each was in force. */
export async function changePlans(
  redisUrl: string,
  versions: readonly [string, string],
  signal: AbortSignal,
): Promise<PlanSpan[]> {
  const plans = await openPlans(redisUrl);
  const spans: PlanSpan[] = [{ versions: [versions[0]], from: performance.now(), until: Infinity }];
  try {
    for (let turn = 0; !signal.aborted; turn++) {
      const plan = planOf(turn, versions);
      const from = performance.now();
      while (!signal.aborted && !(await announced(() => plans.announce(plan)))) await pause(againMs);
      const named = [plan.stable, plan.canary].filter((version) => version !== null);
      spans[spans.length - 1].until = performance.now();
      spans.push({ versions: named, from, until: Infinity });
      await pause(everyMs);
    }
  } finally {
    await plans.close();
  }
  return spans;
}

const announced = (announce: () => Promise<unknown>): Promise<boolean> =>
  announce().then(
    () => true,
    () => false,
  );

/** Everybody hears of a plan within this time. */
const heardWithinMs = 2_000;

/** Whether a version was in the plan at some time within the last two seconds before `at`. */
export const wasPlanned = (spans: readonly PlanSpan[], version: string, at: number): boolean =>
  spans.some(({ versions, from, until }) => from <= at && until >= at - heardWithinMs && versions.includes(version));
