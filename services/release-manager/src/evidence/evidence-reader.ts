import type { Plan } from '@reelay/shared/contracts';
import type { Clock } from '@reelay/shared/runtime';
import type { EvidenceLedger } from '@reelay/shared/storage';
import type { ReadEvidence } from '../judge-running.ts';
import { createEvidenceCollector } from '../verdict/collect-evidence.ts';
import type { CanaryEvidence } from '../verdict/evidence.ts';
import { createAnswerReader } from './read-answers.ts';
import { createOutcomeReader } from './read-outcomes.ts';
import { createFailureWatch, type FailureRules } from './watch-failure.ts';

export interface EvidenceRules {
  /** What is seen this soon after a step began counts for nothing: gateways and workers hear of it, and load what they must. */
  settleInMs: number;
  lagMs: number;
  outcomeWindowSeconds: number;
  outcomeSettleSeconds: number;
  failure: FailureRules;
}

export interface EvidenceReaderDeps {
  ledger: EvidenceLedger;
  clock: Pick<Clock, 'now'>;
  rules: EvidenceRules;
}

interface StepEvidence {
  key: string;
  read(): Promise<void>;
  evidence(plan: Plan): CanaryEvidence;
}

/**
 * Reads what a canary is judged by from the ledger: receipts say how each answer came about, the log what people made of it. Goes on from where
 * the last look ended; a step of a canary begins anew, and after a restart the present one is read again from its beginning.
 */
export function createEvidenceReader(deps: EvidenceReaderDeps): ReadEvidence {
  let step: StepEvidence | undefined;
  return async (plan) => {
    if (step?.key !== keyOf(plan)) step = beginStep(plan, deps);
    await step.read();
    return step.evidence(plan);
  };
}

/** Holding a canary changes the plan's epoch, not what is compared. */
const keyOf = ({ stable, canary, share, salt, release }: Plan): string =>
  JSON.stringify([stable, canary, share, salt, release?.stepAt]);

function beginStep(plan: Plan, { ledger, clock, rules }: EvidenceReaderDeps): StepEvidence {
  const fromMs = (plan.release?.stepAt ?? clock.now()) + rules.settleInMs;
  const collector = createEvidenceCollector();
  const failures = createFailureWatch(plan, rules.failure);
  const readAnswers = createAnswerReader(plan, fromMs, { ledger, clock, collector, failures, lagMs: rules.lagMs });
  const windows = { windowSeconds: rules.outcomeWindowSeconds, settleSeconds: rules.outcomeSettleSeconds };
  const readOutcomes = createOutcomeReader(plan, fromMs, { ledger, collector, ...windows });
  return {
    key: keyOf(plan),
    async read() {
      await readAnswers();
      await readOutcomes();
    },
    evidence: ({ epoch, share }) => {
      const elapsedMs = Math.max(0, clock.now() - fromMs);
      return collector.evidence({ epoch, share, elapsedMs, failure: failures.failure() });
    },
  };
}
