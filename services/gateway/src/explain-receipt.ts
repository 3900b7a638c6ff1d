import {
  artifactFiles,
  decodeReceiptBody,
  type Provenance,
  type Receipt,
  type ReceiptBody,
} from '@reelay/shared/contracts';
import { AppError, keepLast, messageOf } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';
import { loadListsAlone } from './load-ready-lists.ts';
import { readCatalogueIds } from './read-catalogue.ts';

/** Versions whose catalogue and ready lists are held: reading a catalogue takes a thread and some ten milliseconds. */
const versionsMax = 3;

export type ExplainReceipt = (receipt: Receipt) => Promise<Provenance>;

/** Turns places into ids by the catalogue of the version. Ids of a version that is gone are null. `DATA_INVALID` for a receipt that cannot be read. */
export function createReceiptExplainer(artifacts: Pick<ArtifactStore, 'load'>): ExplainReceipt {
  const catalogueOf = createReader((version) =>
    artifacts.load(version, artifactFiles.catalogue).then(readCatalogueIds),
  );
  const listsOf = createReader((version) => loadListsAlone(version, artifacts));
  const idsOf = async (version: string | null): Promise<string[]> =>
    version === null ? [] : ((await catalogueOf(version)) ?? []);
  return async (receipt) => {
    const body = bodyOf(receipt);
    const needsIds = body.list.form === 'indices' || body.history.length > 0 || body.seen.length > 0;
    const { rules = null, explorationShare = null } = body;
    const ids = needsIds ? await idsOf(receipt.build.modelVersion) : [];
    const idAt = (index: number): string | null => ids[index] ?? null;
    const items = await itemsOf(receipt, body.list, idAt, listsOf);
    return {
      ...headOf(receipt),
      kernelBuild: body.kernelBuild,
      seed: body.seed,
      propensity: body.propensity,
      explorationShare,
      rules: rules && { ...rules, exclude: rules.exclude.map((index) => idAt(index) ?? `#${index}`) },
      items: items.slice(0, receipt.shown),
      historyUsed: body.history.map((one) => ({ id: idAt(one.index), ...one })),
      otherSeen: body.seen.map((index) => ({ id: idAt(index), index })),
    };
  };
}

/** What was read of the last versions; null, and read again the next time, where it cannot be. */
function createReader<T>(read: (version: string) => Promise<T>): (version: string) => Promise<T | null> {
  const kept = keepLast<T>(versionsMax);
  return (version) => kept(version, () => read(version)).catch(() => null);
}

function headOf(receipt: Receipt) {
  const { requestId, userId, timeMs, track, outcome, rung, reason, latencyMs, repeats, history, build } = receipt;
  const time = new Date(timeMs).toISOString();
  return { requestId, userId, time, track, outcome, rung, reason, latencyMs, repeats, history, ...build };
}

function bodyOf({ requestId, body }: Receipt): ReceiptBody {
  try {
    return decodeReceiptBody(body);
  } catch (cause) {
    throw new AppError('DATA_INVALID', `the receipt of ${requestId} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function itemsOf(
  { build, shown }: Receipt,
  list: ReceiptBody['list'],
  idAt: (index: number) => string | null,
  listsOf: ListsOf,
): Promise<Provenance['items']> {
  if (list.form === 'indices') return list.items.map((item) => ({ id: idAt(item.index), foretold: null, ...item }));
  if (list.form === 'text') return list.items.map((item) => ({ ...item, index: null, source: null, foretold: null }));
  const ids = await readyIds(build.modelVersion ?? '', list, listsOf);
  return Array.from({ length: Math.min(list.count, shown) }, (_, at) => ({
    id: ids[at] ?? null,
    index: null,
    score: null,
    source: null,
    foretold: null,
  }));
}

type ListsOf = (version: string) => Promise<Awaited<ReturnType<typeof loadListsAlone>> | null>;

const readyIds = async (
  version: string,
  { group, count }: { group: number; count: number },
  listsOf: ListsOf,
): Promise<string[]> => {
  const lists = await listsOf(version);
  const items = (group === 0 ? lists?.popular : lists?.groups[group]) ?? [];
  return items.slice(0, count).map(({ id }) => id);
};
