import { trackFor, type Plan } from '@reelay/shared/contracts';
import type { EvidenceLedger, SeenList } from '@reelay/shared/storage';
import type { EvidenceCollector } from '../verdict/collect-evidence.ts';

export interface OutcomeReaderDeps {
  ledger: Pick<EvidenceLedger, 'logTimeOf' | 'newestLogTime' | 'listsAfter'>;
  collector: Pick<EvidenceCollector, 'outcome' | 'rating'>;
  /** Seconds of log time after a list in which watching and rating count for it … */
  windowSeconds: number;
  /** … and after that, until all partitions of the log are in. */
  settleSeconds: number;
}

const listsAtOnce = 1_000;
/** A look reads so many pages at most; the next one goes on. */
const pagesMax = 5;

/** Reads what became of lists that were shown from `fromMs` on into the evidence, each line of the log once, when its window is over. */
export function createOutcomeReader(plan: Plan, fromMs: number, deps: OutcomeReaderDeps): () => Promise<void> {
  const { ledger, collector, windowSeconds, settleSeconds } = deps;
  let after: number | undefined;
  return async () => {
    const newest = await ledger.newestLogTime();
    if (newest === null) return;
    after ??= await ledger.logTimeOf(fromMs);
    const until = newest - windowSeconds - settleSeconds;
    for (let page = 0; page < pagesMax && after < until; page++) {
      const window = { after, until, windowSeconds, sinceMs: fromMs, limit: listsAtOnce };
      const { rows, readTo } = await ledger.listsAfter(window);
      for (const list of rows) addTo(collector, list, plan);
      after = readTo;
    }
  };
}

function addTo(
  collector: OutcomeReaderDeps['collector'],
  { userId, track, watched, ratings }: SeenList,
  plan: Plan,
): void {
  if (track !== trackFor(userId, plan)) return;
  collector.outcome({ userId, track, watched });
  for (const { rating, foretold } of ratings) {
    if (foretold !== null) collector.rating({ userId, track, rating, foretold });
  }
}
