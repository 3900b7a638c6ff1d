import type { Plan } from '@reelay/shared/contracts';
import type { SeenReceipt } from '@reelay/shared/storage';

export interface FailureRules {
  /** The last so many answers that the canary's workers were asked for are looked at … */
  answers: number;
  /** … once they stretch over this time, so that no hiccup is taken for an end. */
  spanMs: number;
}

export const defaultFailureRules: FailureRules = { answers: 20, spanMs: 10_000 };

/** What became of one of them: made by the canary, by another version since none had it loaded, or by none. */
type Fate = 'made' | 'other' | NonNullable<SeenReceipt['reason']>;

export interface FailureWatch {
  /** An answer of the canary's track that blames the version or praises it; in order of time. Kept ones were not asked for. */
  add(receipt: SeenReceipt): void;
  /** Why the canary cannot serve at all, in words; null while it made half of its last answers, or too few were asked for. */
  failure(): string | null;
}

/**
 * Sees a version that no worker can load, or that takes its workers down. No comparison with stable: where one worker serves both, a crash
 * takes both down alike. So this also ends a canary when all workers are away for another reason, which is the safe side to err on.
 */
export function createFailureWatch({ canary }: Pick<Plan, 'canary'>, rules: FailureRules): FailureWatch {
  const last: { timeMs: number; fate: Fate }[] = [];
  return {
    add({ timeMs, outcome, reason, modelVersion }) {
      // A breaker is open when the store is away, too; then nobody was asked.
      if (outcome === 'cache' || reason === 'BREAKER_OPEN') return;
      const fate = reason ?? (modelVersion === canary ? 'made' : 'other');
      last.push({ timeMs, fate });
      // All of the shortest stretch that is long enough in both ways.
      while (last.length > rules.answers && last[last.length - 1].timeMs - last[1].timeMs >= rules.spanMs) last.shift();
    },
    failure() {
      if (last.length < rules.answers || last[last.length - 1].timeMs - last[0].timeMs < rules.spanMs) return null;
      const made = last.filter(({ fate }) => fate === 'made').length;
      return made * 2 >= last.length ? null : say(String(canary), last, made);
    },
  };
}

function say(canary: string, last: { fate: Fate }[], made: number): string {
  const fates = Map.groupBy(
    last.flatMap(({ fate }) => (fate === 'made' ? [] : [fate])),
    (fate) => fate,
  );
  const parts = [...fates]
    .toSorted((a, b) => b[1].length - a[1].length)
    .map(([fate, { length }]) => `${length} ${words(fate)}`);
  return `${canary} cannot serve: of its last ${last.length} answers it made ${made} (${parts.join(', ')})`;
}

const words = (fate: Fate): string => (fate === 'other' ? 'from another version, since none had it loaded' : fate);
