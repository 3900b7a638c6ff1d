import type { VerdictOutcome } from '../machine/events.ts';
import type { CanaryEvidence } from './evidence.ts';
import {
  answersOf,
  checkLatency,
  checkLatencyBudget,
  checkSampleRatio,
  checkSquaredErrors,
  checkUnanswered,
  checkWatched,
  type Finding,
} from './findings.ts';
import type { VerdictRules } from './rules.ts';

export interface Verdict {
  outcome: VerdictOutcome;
  /** For a person: what decided, or what is still open, with figures. */
  reason: string;
  findings: Finding[];
}

const checks = [checkUnanswered, checkLatency, checkLatencyBudget, checkWatched, checkSquaredErrors];

/**
 * What the evidence says of the canary. Each check is a sequential test with the user as its unit, so this may be asked at any time and as
 * often as one likes. Worse: one check is sure of it. Better or equal: every check has ruled out the loss that matters, after the least time and
 * number of answers. Else undecided. The numbers of users come first: where they are wrong, no other figure means anything.
 */
export function judgeCanary(evidence: CanaryEvidence, rules: VerdictRules): Verdict {
  if (evidence.failure !== null) return { outcome: 'worse', reason: evidence.failure, findings: [] };
  const answers = Math.min(answersOf(evidence.stable), answersOf(evidence.canary));
  if (answers < rules.abortAnswersMin) return told('undecided', [{ state: 'open', text: `${answers} answers so far` }]);
  const ratio = checkSampleRatio(evidence, rules);
  if (ratio.state === 'worse') return told('worse', [ratio]);
  const findings = checks.map((check) => check(evidence, rules));
  if (findings.some(({ state }) => state === 'worse')) return told('worse', findings);
  const early = earliness(evidence, rules);
  if (early !== null || findings.some(({ state }) => state === 'open')) return told('undecided', findings, early);
  return told('better-or-equal', findings);
}

function earliness({ canary, elapsedMs }: CanaryEvidence, rules: VerdictRules): string | null {
  if (answersOf(canary) < rules.answersMin) return `${answersOf(canary)} of ${rules.answersMin} answers`;
  if (elapsedMs < rules.elapsedMinMs) return `${Math.round((rules.elapsedMinMs - elapsedMs) / 1_000)} s too early`;
  return null;
}

const decisive = { worse: 'worse', undecided: 'open', 'better-or-equal': 'fine' } as const;

function told(outcome: VerdictOutcome, findings: Finding[], early: string | null = null): Verdict {
  const texts = findings.filter(({ state }) => state === decisive[outcome]).map(({ text }) => text);
  return { outcome, reason: [...(early === null ? [] : [early]), ...texts].join('; '), findings };
}
