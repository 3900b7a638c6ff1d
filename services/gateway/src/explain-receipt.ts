import {
  artifactFiles,
  decodeReceiptBody,
  type Provenance,
  type Receipt,
  type ReceiptBody,
} from '@reelay/shared/contracts';
import { AppError, messageOf } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';
import { loadReadyLists } from './load-ready-lists.ts';
import { readCatalogueIds } from './read-catalogue.ts';

/** Catalogues that are held: reading one takes a thread and some ten milliseconds. */
const cataloguesMax = 3;

export type ExplainReceipt = (receipt: Receipt) => Promise<Provenance>;

/** Turns places into ids by the catalogue of the version. Ids of a version that is gone are null. `DATA_INVALID` for a receipt that cannot be read. */
export function createReceiptExplainer(artifacts: Pick<ArtifactStore, 'load'>): ExplainReceipt {
  const catalogues = new Map<string, Promise<string[]>>();
  const idsOf = async (version: string | null): Promise<string[]> => {
    if (version === null) return [];
    const known = catalogues.get(version);
    if (known) return known;
    const read = artifacts.load(version, artifactFiles.catalogue).then(readCatalogueIds);
    const loading = read.catch((): string[] => {
      catalogues.delete(version);
      return [];
    });
    const [oldest] = catalogues.keys();
    if (oldest !== undefined && catalogues.size >= cataloguesMax) catalogues.delete(oldest);
    catalogues.set(version, loading);
    return loading;
  };
  return async (receipt) => {
    const body = bodyOf(receipt);
    const needsIds = body.list.form === 'indices' || body.history.length > 0 || body.seen.length > 0;
    const { rules = null, explorationShare = null } = body;
    const ids = needsIds ? await idsOf(receipt.build.modelVersion) : [];
    const idAt = (index: number): string | null => ids[index] ?? null;
    const items = await itemsOf(receipt, body.list, idAt, artifacts);
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
  artifacts: Pick<ArtifactStore, 'load'>,
): Promise<Provenance['items']> {
  if (list.form === 'indices') return list.items.map((item) => ({ id: idAt(item.index), foretold: null, ...item }));
  if (list.form === 'text') return list.items.map((item) => ({ ...item, index: null, source: null, foretold: null }));
  const ids = await readyIds(build.modelVersion ?? '', list, artifacts);
  return Array.from({ length: Math.min(list.count, shown) }, (_, at) => ({
    id: ids[at] ?? null,
    index: null,
    score: null,
    source: null,
    foretold: null,
  }));
}

const readyIds = async (
  version: string,
  { group, count }: { group: number; count: number },
  artifacts: Pick<ArtifactStore, 'load'>,
): Promise<string[]> => {
  const lists = await loadReadyLists(version, artifacts).catch(() => null);
  const items = (group === 0 ? lists?.popular : lists?.groups[group]) ?? [];
  return items.slice(0, count).map(({ id }) => id);
};
