import { setTimeout as pause } from 'node:timers/promises';
import type { Receipt } from '@reelay/shared/contracts';
import type { Ledger } from '@reelay/shared/storage';
import type { AskedAnswer } from './ask-at-random.ts';

export interface FoundReceipt {
  requestId: string;
  /** Null where there was none in time. */
  receipt: Receipt | null;
  /** From the answer until it was seen. */
  afterMs: number;
}

const lookAgainMs = 50;

/** Looks for the receipt of each answer from the moment of the answer on, `withinMs` long, one after the other as a single reader does. */
export function followReceipts(ledger: Pick<Ledger, 'receipt'>, withinMs: number) {
  const found: FoundReceipt[] = [];
  let waiting: AskedAnswer[] = [];
  const asking = new AbortController();

  async function lookFor(one: AskedAnswer): Promise<void> {
    const receipt = await ledger.receipt(one.requestId);
    const afterMs = Date.now() - one.answeredMs;
    if (receipt !== null || afterMs > withinMs) found.push({ requestId: one.requestId, receipt, afterMs });
    else waiting.push(one);
  }
  async function lookUntilAllAreFound(): Promise<void> {
    while (!asking.signal.aborted || waiting.length > 0) {
      const now = waiting;
      waiting = [];
      for (const one of now) await lookFor(one);
      await pause(lookAgainMs);
    }
  }
  const looking = lookUntilAllAreFound();
  // Told by `settled`; here it must only not count as unheard.
  looking.catch(() => {});
  return {
    add: (answer: AskedAnswer): void => void waiting.push(answer),
    /** No more answers come; resolves when each was found, or not in time. */
    async settled(): Promise<FoundReceipt[]> {
      asking.abort();
      await looking;
      return found;
    },
  };
}
