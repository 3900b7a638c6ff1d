import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@reelay/shared/runtime';

/** Under steady single traffic a chunk waits so long and then goes on: slices are slower then, not stuck. */
const waitMsMax = 10;

/**
 * Between two chunks: what arrived meanwhile is taken, and single requests in hand are answered first. They wait for their stores most
 * of their time, and each wait that falls behind a chunk would cost them its length.
 */
export async function letSinglesFirst(inHand: () => number, clock: Clock): Promise<void> {
  await nextTurn();
  const untilMs = clock.monotonicMs() + waitMsMax;
  while (inHand() > 0 && clock.monotonicMs() < untilMs) await clock.sleep(1);
}
