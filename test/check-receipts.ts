import type { ReceiptLedger } from '@reelay/shared/storage';

export interface ReceiptCheck {
  /** Receipts found. */
  receipts: number;
  /** Answered requests without a receipt, with more than one, and receipts of requests that nobody made. */
  missing: number;
  doubled: number;
  unknown: number;
}

/** Compares what was answered with what the ledger says was answered. */
export async function checkReceipts(
  answered: string[],
  userIds: number[],
  ledger: Pick<ReceiptLedger, 'receiptsOf'>,
): Promise<ReceiptCheck> {
  const found: string[] = [];
  for (const userId of new Set(userIds)) {
    const receipts = await ledger.receiptsOf(userId, 0, Number.MAX_SAFE_INTEGER, 1_000_000);
    found.push(...receipts.map(({ requestId }) => requestId));
  }
  const times = new Map<string, number>();
  for (const requestId of found) times.set(requestId, (times.get(requestId) ?? 0) + 1);
  const asked = new Set(answered);
  return {
    receipts: found.length,
    missing: answered.filter((requestId) => !times.has(requestId)).length,
    doubled: [...times.values()].filter((count) => count > 1).length,
    unknown: [...times.keys()].filter((requestId) => !asked.has(requestId)).length,
  };
}
