import type { Ledger, SeenReceipt } from '@reelay/shared/storage';

/** What people and graders see of a while, from receipts and from the simulator's own lines. */
export interface AnswerFigures {
  answers: number;
  /** Made by a model, now or a moment ago: share of the answers on stable, and of all. */
  byModel: { stable: number; all: number };
  /** Fallbacks by track and reason, for who wants to know why. */
  fallbacks: Record<string, number>;
  /** By version; fallbacks of no version are left out. */
  versions: Map<string, SeenReceipt[]>;
  /** What the simulator wrote down of requests that failed, since people came. */
  failed: string[];
  /** All that it wrote down since then. */
  logged: number;
}

/** Milliseconds of the gateway's clock; the log's second from which on people come. */
export interface AnswerSpan {
  fromMs: number;
  toMs: number;
  logFrom: number;
}

export async function figuresOf(ledger: Ledger, { fromMs, toMs, logFrom }: AnswerSpan): Promise<AnswerFigures> {
  const receipts: SeenReceipt[] = [];
  for (let afterMs = fromMs - 1; ;) {
    const { rows, readTo } = await ledger.receiptsAfter({ afterMs, untilMs: toMs, limit: 5_000 });
    if (rows.length === 0) break;
    receipts.push(...rows);
    afterMs = readTo;
  }
  const share = (some: SeenReceipt[]) => some.filter(({ outcome }) => outcome !== 'fallback').length / some.length;
  const figures: AnswerFigures = {
    answers: receipts.length,
    byModel: { stable: share(receipts.filter(({ track }) => track === 'stable')), all: share(receipts) },
    fallbacks: {},
    versions: new Map(),
    failed: [],
    logged: 0,
  };
  for (const one of receipts) {
    const why = `${one.track} ${one.reason}`;
    if (one.reason !== null) figures.fallbacks[why] = (figures.fallbacks[why] ?? 0) + 1;
    if (one.modelVersion === null) continue;
    figures.versions.set(one.modelVersion, [...(figures.versions.get(one.modelVersion) ?? []), one]);
  }
  await ledger.answers({ from: logFrom, to: Number.MAX_SAFE_INTEGER }, (page) => {
    figures.logged += page.length;
    figures.failed.push(...page.flatMap(({ status, result }) => (status === 200 ? [] : [result])));
  });
  return figures;
}

/** Answers of this version after that time. */
export const answersAfter = ({ versions }: AnswerFigures, version: string, afterMs: number): number =>
  (versions.get(version) ?? []).filter(({ timeMs }) => timeMs > afterMs).length;
