import type { Provenance, Receipt } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import type { ExplainReceipt } from './explain-receipt.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The explained receipt of a request; throws as `loadReceipt` and `explain` do. */
export async function findReceipt(
  requestId: string,
  ledger: Pick<Ledger, 'receipt'>,
  explain: ExplainReceipt,
): Promise<Provenance> {
  return explain(await loadReceipt(requestId, ledger));
}

/** The receipt of a request. `REQUEST_INVALID` for what is no request id, `NOT_FOUND` for one without a receipt. */
export async function loadReceipt(requestId: string, ledger: Pick<Ledger, 'receipt'>): Promise<Receipt> {
  if (!uuid.test(requestId)) throw new AppError('REQUEST_INVALID', 'a request id is a UUID, as in X-Request-Id');
  const receipt = await ledger.receipt(requestId.toLowerCase());
  if (receipt === null)
    throw new AppError('NOT_FOUND', 'no receipt of this request; receipts come some seconds after the answer');
  return receipt;
}
