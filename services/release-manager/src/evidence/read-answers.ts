import type { Plan } from '@reelay/shared/contracts';
import type { Clock } from '@reelay/shared/runtime';
import type { EvidenceLedger } from '@reelay/shared/storage';
import type { EvidenceCollector } from '../verdict/collect-evidence.ts';
import { answerOf } from './blame-version.ts';
import type { FailureWatch } from './watch-failure.ts';

export interface AnswerReaderDeps {
  ledger: Pick<EvidenceLedger, 'newestReceiptMs' | 'receiptsAfter'>;
  clock: Pick<Clock, 'now'>;
  collector: Pick<EvidenceCollector, 'answer'>;
  failures: Pick<FailureWatch, 'add'>;
  /** Receipts of several gateways come out of order; what comes later than this after the newest is not seen. */
  lagMs: number;
}

export const answersAtOnce = 5_000;
/** A look reads so many pages at most; the next one goes on. */
const pagesMax = 4;
/** When no new receipts come the last ones are read after this time. */
const quietMs = 30_000;

/** Reads receipts from `fromMs` on into the evidence, each once, as far as they are in. */
export function createAnswerReader(plan: Plan, fromMs: number, deps: AnswerReaderDeps): () => Promise<void> {
  const { ledger, clock, collector, failures, lagMs } = deps;
  let afterMs = fromMs - 1;
  return async () => {
    const [newest, now] = [await ledger.newestReceiptMs(), clock.now()];
    const untilMs = Math.min(now, Math.max((newest ?? 0) - lagMs, now - quietMs));
    for (let page = 0; page < pagesMax && afterMs < untilMs; page++) {
      const { rows, readTo } = await ledger.receiptsAfter({ afterMs, untilMs, limit: answersAtOnce });
      for (const receipt of rows.toSorted((a, b) => a.timeMs - b.timeMs)) {
        const answer = answerOf(receipt, plan);
        if (answer === null) continue;
        collector.answer(answer);
        if (answer.track === 'canary') failures.add(receipt);
      }
      if (readTo === afterMs) return;
      afterMs = readTo;
    }
  };
}
