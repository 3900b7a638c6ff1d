import type { Clock } from '@reelay/shared/runtime';
import type { ReleaseLedger } from '@reelay/shared/storage';
import { missingNotices } from './missing-notices.ts';
import type { Notifier } from './notifier.ts';

export interface TellMissingDeps {
  ledger: Pick<ReleaseLedger, 'planHistory' | 'versions'>;
  notifier: Pick<Notifier, 'tell' | 'knownKeys'>;
  clock: Pick<Clock, 'now'>;
}

/** Older decisions are no news. */
const newsForMs = 86_400_000;
/** Where nobody was ever told anything, what is older was decided before there was anybody to tell. */
const firstNewsForMs = 60_000;
const plansLooked = 50;

/** Says what was decided and never said. `settledForMs`: so old at least, so that nobody is interrupted who is about to say it. */
export async function tellMissing({ ledger, notifier, clock }: TellMissingDeps, settledForMs: number): Promise<void> {
  const now = clock.now();
  const known = await notifier.knownKeys();
  const from = now - (known.size === 0 ? firstNewsForMs : newsForMs);
  const decided = { plans: await ledger.planHistory(plansLooked), rows: await ledger.versions() };
  const between = { from, until: now - settledForMs + 1 };
  for (const notice of missingNotices(decided, (key) => known.has(key), between)) notifier.tell(notice);
}
