import { z } from 'zod';
import type { EvidenceRules } from './evidence/evidence-reader.ts';
import { defaultFailureRules } from './evidence/watch-failure.ts';
import { defaultCompareRules } from './gate/compare-with-live.ts';
import { defaultGateRules, type GateRules } from './gate/judge-candidate.ts';
import type { ReleaseRules } from './machine/events.ts';
import { defaultVerdictRules, type VerdictRules } from './verdict/rules.ts';

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const share = (most: number) => z.coerce.number().positive().max(most);
const minutes = z.coerce.number().min(0).max(43_200);
const day = 86_400_000;

/** `20,100`: shares in percent, rising, the last one 100. */
const steps = z
  .string()
  .default('20,100')
  .transform((text) => text.split(',').map(Number))
  .refine(
    (list) => list.every((percent, at) => percent > (list[at - 1] ?? 0) && percent <= 100) && list.at(-1) === 100,
    { error: 'must be rising percentages that end with 100, such as 5,20,50,100' },
  );

const addresses = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((one) => one.trim() || []));

/** Settings of the release-manager. */
export const releaseManagerConfig = z.object({
  LEDGER_URL: z.string().default('sqlite:.reelay/ledger.db'),
  ARTIFACTS_URL: z.string().default('file:.reelay/artifacts'),
  REDIS_URL: z.string().default('memory:'),
  /** First part of every key in Redis. */
  NAMESPACE: z.string().default('reelay'),
  /** How often candidates are looked for. */
  RELEASE_POLL_MS: count(10, 60_000).default(500),
  /** How often the announced plan is compared with the stored one. */
  ANNOUNCE_POLL_MS: count(10, 60_000).default(1_000),
  /** Shares of users in percent that a release goes through; `100`: everybody at once. */
  RELEASE_STEPS: steps,
  /** The gate: chance of refusing a candidate as good as the live model, loss that is let pass, users that make a group worth comparing. */
  GATE_ALPHA: share(0.5).default(defaultCompareRules.alpha),
  GATE_TOLERANCE: z.coerce.number().min(0).max(1).default(defaultCompareRules.tolerance),
  GATE_GROUP_USERS: count(2, 1e9).default(defaultCompareRules.groupUsersMin),
  /** Fixed limits, none by default; an RMSE below 1 is what a model of means alone reaches, too. */
  GATE_RMSE_MAX: share(100).optional(),
  GATE_NDCG_MIN: share(1).optional(),
  /** How often the evidence on a canary is looked at. */
  VERDICT_POLL_MS: count(100, 3_600_000).default(5_000),
  /** A step of a canary lasts at least and at most so long; undecided by then, it is aborted. */
  VERDICT_MIN_MS: count(0, 30 * day).default(defaultVerdictRules.elapsedMinMs),
  VERDICT_MAX_MS: count(1_000, 90 * day).default(day),
  /** Answers of the canary before a promotion, and of either track before anything is said. */
  VERDICT_MIN_ANSWERS: count(1, 1e9).default(defaultVerdictRules.answersMin),
  VERDICT_ABORT_ANSWERS: count(1, 1e9).default(defaultVerdictRules.abortAnswersMin),
  /** Risks of aborting a good canary (each check) and of promoting one that is worse by a whole margin. */
  VERDICT_ABORT_ALPHA: share(0.5).default(defaultVerdictRules.abortAlpha),
  VERDICT_PROMOTE_ALPHA: share(0.5).default(defaultVerdictRules.promoteAlpha),
  /** Points of share (0.005 = half a percent) that failures and fallbacks may be above stable's. */
  UNANSWERED_MARGIN: share(1).default(defaultVerdictRules.unansweredMargin),
  /** The canary's p99 may be stable's times the factor and so many milliseconds. */
  LATENCY_FACTOR: z.coerce.number().min(1).max(100).default(defaultVerdictRules.latencyFactor),
  LATENCY_EXTRA_MS: count(0, 60_000).default(defaultVerdictRules.latencyExtraMs),
  /** What the budget is of: 99 % of the answers, or their mean. */
  LATENCY_RULE: z.enum(['p99', 'mean']).default('p99'),
  /** 250 for p99 and 500 for the mean when absent. */
  LATENCY_BUDGET_MS: count(1, 60_000).optional(),
  /** What is seen this soon after a step began does not count: gateways and workers hear of it, and load the version. */
  EVIDENCE_AFTER_MS: count(0, 3_600_000).default(30_000),
  /** Receipts that come so much later than others are not seen. */
  EVIDENCE_LAG_MS: count(0, 600_000).default(2_000),
  /** Minutes of log time after a list in which watching and rating count for it, and until all partitions of the log are in. */
  OUTCOME_MINUTES: minutes.default(30),
  OUTCOME_SETTLE_MINUTES: minutes.default(10),
  /** `off`: nobody writes a log of what is watched, so a promotion does not ask for it. */
  WATCH_CHECK: z.enum(['on', 'off']).default('on'),
  /** A canary that made less than half of its last so many answers, over this time, is aborted at once. */
  FAILURE_ANSWERS: count(2, 100_000).default(defaultFailureRules.answers),
  FAILURE_MS: count(0, 3_600_000).default(defaultFailureRules.spanMs),
  /** Losses relative to stable that a promotion must have ruled out: of watching, and of online RMSE (with so many ratings). */
  WATCH_MARGIN: share(1).default(defaultVerdictRules.watchMargin),
  RMSE_MARGIN: share(1).default(defaultVerdictRules.rmseMargin),
  RMSE_MIN_RATINGS: count(2, 1e9).default(defaultVerdictRules.ratingsMin),
  /** Mail: `smtp://user:password@host:587`, from whom, and to whom (by commas); and an incoming webhook. Nobody is told by default. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  NOTIFY_FROM: z.string().default('Reelay <reelay@localhost>'),
  NOTIFY_TO: addresses,
  SLACK_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
  NOTIFY_TIMEOUT_MS: count(100, 120_000).default(10_000),
  ADMIN_PORT: count(0, 65_535).default(8093),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  STOP_WITHIN_MS: count(100, 600_000).default(5_000),
});

export type ReleaseManagerConfig = z.infer<typeof releaseManagerConfig>;

/** Without anything to judge a canary by, a candidate that passed the gate serves everybody at once. */
export const releaseRulesOf = (config: ReleaseManagerConfig, canBeJudged: boolean): ReleaseRules => ({
  steps: canBeJudged ? config.RELEASE_STEPS : [100],
  undecidedAfterMs: config.VERDICT_MAX_MS,
});

export const gateRulesOf = (config: ReleaseManagerConfig): GateRules => ({
  ...defaultGateRules,
  live: { alpha: config.GATE_ALPHA, tolerance: config.GATE_TOLERANCE, groupUsersMin: config.GATE_GROUP_USERS },
  rmseMax: config.GATE_RMSE_MAX,
  ndcgMin: config.GATE_NDCG_MIN,
});

export const verdictRulesOf = (config: ReleaseManagerConfig): VerdictRules => ({
  abortAlpha: config.VERDICT_ABORT_ALPHA,
  promoteAlpha: config.VERDICT_PROMOTE_ALPHA,
  sampleRatioAlpha: defaultVerdictRules.sampleRatioAlpha,
  unansweredMargin: config.UNANSWERED_MARGIN,
  latencyFactor: config.LATENCY_FACTOR,
  latencyExtraMs: config.LATENCY_EXTRA_MS,
  latencyBudget: { rule: config.LATENCY_RULE, ms: config.LATENCY_BUDGET_MS ?? budgetMs[config.LATENCY_RULE] },
  watchAsked: config.WATCH_CHECK === 'on',
  watchMargin: config.WATCH_MARGIN,
  rmseMargin: config.RMSE_MARGIN,
  ratingsMin: config.RMSE_MIN_RATINGS,
  answersMin: config.VERDICT_MIN_ANSWERS,
  elapsedMinMs: config.VERDICT_MIN_MS,
  abortAnswersMin: config.VERDICT_ABORT_ANSWERS,
});

export const evidenceRulesOf = (config: ReleaseManagerConfig): EvidenceRules => ({
  settleInMs: config.EVIDENCE_AFTER_MS,
  lagMs: config.EVIDENCE_LAG_MS,
  outcomeWindowSeconds: Math.round(config.OUTCOME_MINUTES * 60),
  outcomeSettleSeconds: Math.round(config.OUTCOME_SETTLE_MINUTES * 60),
  failure: { answers: config.FAILURE_ANSWERS, spanMs: config.FAILURE_MS },
});

const budgetMs = { p99: 250, mean: 500 } as const;
