import type { CanaryEvidence, TrackEvidence } from './evidence.ts';
import { answersAbove, answersIn, meanMs, quantileMs, type LatencyCounts } from './latency-counts.ts';
import { estimateRatio, estimateShare, type Estimate } from './ratio-sums.ts';
import type { VerdictRules } from './rules.ts';
import { alwaysValidP } from './sequential-test.ts';

/** `worse` and `fine` with confidence; `open`: neither yet. `fine` of a check that asks nothing (too few ratings) is for its text to say. */
export interface Finding {
  state: 'worse' | 'fine' | 'open';
  /** For a person, with the figures. */
  text: string;
}

type Check = (evidence: CanaryEvidence, rules: VerdictRules) => Finding;

/** Of the share of users on the canary: what a broken split differs by, at least. */
const ratioDifference = 0.01;

/** Answers of a track come in bursts that share their luck (a pause, a busy disk): they tell less than as many single ones. */
const latencyDesignEffect = 2;

/**
 * χ² of the users on either track: when they are not split as planned, whatever splits them wrongly spoils every other figure. Its p-value
 * is the one that stays valid under many looks; that of a single look would stop one good release in fifty.
 */
export const checkSampleRatio: Check = ({ share, stable, canary }, rules) => {
  const users = stable.users + canary.users;
  const expected = users * share;
  const variance = (share * (1 - share)) / users;
  const apart = Math.abs(canary.users / users - share);
  const p = users === 0 ? 1 : Math.min(1, 2 * alwaysValidP(apart, variance, ratioDifference));
  const text = `${canary.users} of ${users} users on the canary, ${percent(share)} planned (p ${figure(p)})`;
  return { state: expected >= 5 && p < rules.sampleRatioAlpha ? 'worse' : 'fine', text };
};

export const checkUnanswered: Check = ({ stable, canary }, rules) => {
  const [s, c] = [estimateShare(stable.unanswered), estimateShare(canary.unanswered)];
  const { unansweredMargin: margin } = rules;
  const above = compare(c.rate - s.rate - margin, s.variance + c.variance, 2 * margin, rules);
  const below = compare(s.rate + margin - c.rate, s.variance + c.variance, margin, rules);
  return decided(above, below, `failed or fallback ${percent(c.rate)}, stable ${percent(s.rate)}`);
};

/** Share of answers beyond what may be above a limit that a slow version has at least: with less, a test of hundreds of answers stays open for long. */
const excessThatMatters = 0.05;

/** The canary's p99 is above a limit exactly when more than 1 % of its answers are. */
export const checkLatency: Check = ({ stable, canary }, rules) => {
  const p99 = quantileMs(stable.latency, 0.99);
  const limit = p99 * rules.latencyFactor + rules.latencyExtraMs;
  const [above, below] = shareAbove(canary.latency, limit, rules);
  const text = `p99 ${ms(quantileMs(canary.latency, 0.99))}, stable ${ms(p99)}, allowed ${ms(limit)}`;
  return decided(above, below, text);
};

export const checkLatencyBudget: Check = ({ canary: { latency } }, rules) => {
  const { rule, ms: limit } = rules.latencyBudget;
  if (rule === 'p99') return decided(...shareAbove(latency, limit, rules), `p99 within the budget of ${ms(limit)}`);
  const { mean, variance } = meanMs(latency);
  const text = `mean ${ms(mean)}, budget ${ms(limit)}`;
  const careful = variance * latencyDesignEffect;
  return decided(
    compare(mean - limit, careful, limit / 10, rules),
    compare(limit - mean, careful, limit / 10, rules),
    text,
  );
};

export const checkWatched: Check = ({ stable, canary }, rules) => {
  if (!rules.watchAsked) return { state: 'fine', text: 'what is watched is not asked' };
  const [s, c] = [estimateShare(stable.watched), estimateShare(canary.watched)];
  const text = `watched ${percent(c.rate)} of ${canary.watched.n} lists, stable ${percent(s.rate)}`;
  if (Math.min(stable.watched.n, canary.watched.n) < rules.abortAnswersMin) return { state: 'open', text };
  // Of fifty lists none may have been watched yet. That says little of the spread among users, of which stable's larger number says more.
  const likeStable = (s.variance * stable.watched.n) / canary.watched.n;
  return relative(s, { ...c, variance: Math.max(c.variance, likeStable) }, rules.watchMargin, rules, text);
};

/** Squared errors are compared, and turned round: less is better. */
export const checkSquaredErrors: Check = (evidence, rules) => {
  const { stable, canary } = evidence;
  const [s, c] = [estimateRatio(stable.squaredErrors), estimateRatio(canary.squaredErrors)];
  const ratings = Math.min(stable.squaredErrors.n, canary.squaredErrors.n);
  const text = `RMSE ${figure(Math.sqrt(c.rate))}, stable ${figure(Math.sqrt(s.rate))}`;
  if (ratings < rules.ratingsMin) return { state: 'fine', text: `${ratings} ratings, too few for an online RMSE` };
  const margin = (1 + rules.rmseMargin) ** 2 - 1;
  return relative({ ...s, rate: -s.rate }, { ...c, rate: -c.rate }, margin, rules, text);
};

interface Tested {
  p: number;
  rules: VerdictRules;
}

/** Confidence that a difference is above 0. */
const compare = (difference: number, variance: number, tau: number, rules: VerdictRules): Tested => ({
  p: alwaysValidP(difference, variance, tau),
  rules,
});

/** Worse: below stable at all. Fine: not below it by the margin, relative to stable. */
function relative(s: Estimate, c: Estimate, margin: number, rules: VerdictRules, text: string): Finding {
  const size = Math.abs(s.rate);
  const kept = s.rate - margin * size;
  const factor = size === 0 ? 1 : kept / s.rate;
  return decided(
    compare(s.rate - c.rate, s.variance + c.variance, margin * size, rules),
    compare(c.rate - kept, c.variance + factor * factor * s.variance, margin * size, rules),
    text,
  );
}

function shareAbove(latency: LatencyCounts, limitMs: number, rules: VerdictRules): [Tested, Tested] {
  const allowed = 0.01;
  const n = answersIn(latency);
  const above = answersAbove(latency, limitMs);
  const careful = Math.max((above + 1) / (n + 2), 0);
  const variance = (latencyDesignEffect * careful * (1 - careful)) / n;
  const share = above / n;
  return [
    compare(share - allowed, variance, excessThatMatters, rules),
    compare(allowed - share, variance, allowed, rules),
  ];
}

function decided(worse: Tested, fine: Tested, text: string): Finding {
  if (worse.p < worse.rules.abortAlpha) return { state: 'worse', text: `${text} (p ${figure(worse.p)})` };
  return { state: fine.p < fine.rules.promoteAlpha ? 'fine' : 'open', text: `${text} (p ${figure(fine.p)})` };
}

export const answersOf = ({ unanswered }: TrackEvidence): number => unanswered.n;

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const figure = (value: number): string => (value < 1e-4 ? '< 0.0001' : value.toFixed(4));
