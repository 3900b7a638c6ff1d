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

const lookAgainMs = 100;

/** Looks for the receipt of each answer from the moment of the answer on, `withinMs` long. */
export function followReceipts(ledger: Pick<Ledger, 'receipt'>, withinMs: number) {
  const looking: Promise<FoundReceipt>[] = [];
  return {
    add: (answer: AskedAnswer): void => void looking.push(look(answer, ledger, withinMs)),
    settled: (): Promise<FoundReceipt[]> => Promise.all(looking),
  };
}

async function look(
  { requestId, answeredMs }: AskedAnswer,
  ledger: Pick<Ledger, 'receipt'>,
  withinMs: number,
): Promise<FoundReceipt> {
  for (;;) {
    const receipt = await ledger.receipt(requestId);
    const afterMs = Date.now() - answeredMs;
    if (receipt !== null || afterMs > withinMs) return { requestId, receipt, afterMs };
    await pause(lookAgainMs);
  }
}
