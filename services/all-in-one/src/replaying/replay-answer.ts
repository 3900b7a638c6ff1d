import { loadListsAlone, loadReceipt } from '@reelay/gateway';
import { remakeList } from '@reelay/inference-worker';
import { decodeReceiptBody, encodeReceiptBody, type Receipt, type ReceiptBody } from '@reelay/shared/contracts';
import { AppError, listHash, messageOf } from '@reelay/shared/runtime';
import type { ArtifactStore, Ledger } from '@reelay/shared/storage';
import { firstDifference, largestChange, type Difference } from './compare-lists.ts';
import { createModels, type ModelOf } from './open-models.ts';

/** What came of making an answer's list once more. */
export interface Replay {
  requestId: string;
  userId: number;
  /** When it was answered, ISO. */
  time: string;
  outcome: Receipt['outcome'];
  modelVersion: string;
  dataVersion: string;
  /** Of the gateway that answered. */
  commit: string;
  /** `model`: computed anew. `ready-list`: read anew from the version. */
  madeBy: 'model' | 'ready-list';
  /** The same ids in the same order, and those that were shown, by their hash. */
  identical: boolean;
  items: number;
  difference: Difference | null;
  /** The shown part has the hash that the receipt names; null where it names none. */
  hashFits: boolean | null;
  /** At half precision; 0 where no score changed. Null for lists without scores. */
  scoreChange: number | null;
  /** What computed it then and now; null for a ready list. The same list is promised for the same build alone. */
  kernelBuild: { kept: string; now: string } | null;
  /** The request whose list was shown again, and whether its receipt says the same list; null where it has no receipt. */
  repeats: { requestId: string; sameList: boolean | null } | null;
}

export interface ReplayDeps {
  ledger: Pick<Ledger, 'receipt'>;
  artifacts: ArtifactStore;
}

/**
 * Replays answers by their request id. Throws `REQUEST_INVALID` for what is no id, `NOT_FOUND` for one without a receipt, `ARTIFACT_NOT_FOUND`
 * when its version is gone, `DATA_INVALID` for a receipt that cannot be read, and `UNSUPPORTED` for a list that no version made.
 */
export function createAnswerReplay({ ledger, artifacts }: ReplayDeps): (requestId: string) => Promise<Replay> {
  const modelOf = createModels(artifacts);
  return async (requestId) => {
    const receipt = await loadReceipt(requestId, ledger);
    const body = bodyOf(receipt);
    const { modelVersion } = receipt.build;
    if (modelVersion === null || body.list.form === 'text') throw notOfAVersion(receipt);
    const made = await makeAgain(receipt, body, modelVersion, { modelOf, artifacts });
    const repeats = await repeated(receipt, body, ledger);
    return resultOf(receipt, modelVersion, made, repeats);
  };
}

/** A list as it is kept, and as it comes out now. */
interface MadeAgain {
  kept: string[];
  now: string[];
  madeBy: Replay['madeBy'];
  scoreChange: number | null;
  kernelBuild: Replay['kernelBuild'];
}

async function makeAgain(
  { userId, shown }: Receipt,
  body: ReceiptBody,
  version: string,
  { modelOf, artifacts }: { modelOf: ModelOf; artifacts: ArtifactStore },
): Promise<MadeAgain> {
  if (body.list.form === 'ready') return readAgain(body.list, shown, version, artifacts);
  const loaded = await modelOf(version, body.kernelBuild);
  const { made } = remakeList(loaded, userId, body);
  // Through bytes as the receipt went, so that scores are rounded alike.
  const [kept, now] = [body, decodeReceiptBody(encodeReceiptBody(made))].map(itemsOf);
  const idAt = ({ index }: { index: number }): string => loaded.catalogue[index]?.id ?? `#${index}`;
  const scoreOf = ({ score }: { score: number }): number => score;
  return {
    kept: kept.map(idAt),
    now: now.map(idAt),
    madeBy: 'model',
    scoreChange: largestChange(kept.map(scoreOf), now.map(scoreOf)),
    kernelBuild: { kept: body.kernelBuild, now: loaded.model.kernelBuild },
  };
}

const itemsOf = ({ list }: ReceiptBody) => (list.form === 'indices' ? list.items : []);

/** A ready list is kept by its group alone: what tells it from another one is the hash of what was shown. */
async function readAgain(
  { group, count }: { group: number; count: number },
  shown: number,
  version: string,
  artifacts: ArtifactStore,
): Promise<MadeAgain> {
  const lists = await loadListsAlone(version, artifacts);
  const items = (group === 0 ? lists.popular : lists.groups[group]) ?? [];
  const now = items.slice(0, Math.min(count, shown)).map(({ id }) => id);
  return { kept: now, now, madeBy: 'ready-list', scoreChange: null, kernelBuild: null };
}

async function repeated(receipt: Receipt, body: ReceiptBody, ledger: ReplayDeps['ledger']): Promise<Replay['repeats']> {
  if (receipt.repeats === null) return null;
  const original = await ledger.receipt(receipt.repeats);
  if (original === null) return { requestId: receipt.repeats, sameList: null };
  const sameVersion = original.build.modelVersion === receipt.build.modelVersion;
  const [one, other] = [body, bodyOf(original)].map(({ list }) => JSON.stringify(list));
  return { requestId: receipt.repeats, sameList: sameVersion && one === other };
}

function resultOf(receipt: Receipt, modelVersion: string, made: MadeAgain, repeats: Replay['repeats']): Replay {
  const { requestId, userId, timeMs, outcome, shown, build } = receipt;
  const { kept, now, madeBy, scoreChange, kernelBuild } = made;
  const difference = firstDifference(kept, now);
  const shownNow = now.slice(0, shown);
  const hashFits = receipt.listHash === null ? null : receipt.listHash === listHash(userId, shownNow.join(','));
  const complete = shownNow.length === shown;
  return {
    requestId,
    userId,
    time: new Date(timeMs).toISOString(),
    outcome,
    modelVersion,
    dataVersion: build.dataVersion,
    commit: build.commit,
    madeBy,
    identical: difference === null && complete && hashFits !== false && repeats?.sameList !== false,
    items: kept.length,
    difference,
    hashFits,
    scoreChange,
    kernelBuild,
    repeats,
  };
}

function bodyOf({ requestId, body }: Receipt): ReceiptBody {
  try {
    return decodeReceiptBody(body);
  } catch (cause) {
    throw new AppError('DATA_INVALID', `the receipt of ${requestId} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

const notOfAVersion = ({ requestId, outcome }: Receipt): AppError =>
  new AppError(
    'UNSUPPORTED',
    `the list of ${requestId} (${outcome}) is written out in its receipt: no model version made it as a whole`,
  );
