/** When a canary is worse, when it is good enough, and how sure one wants to be. Shares as fractions. */
export interface VerdictRules {
  /** Of aborting a canary that is as good as stable, for each of the five checks. */
  abortAlpha: number;
  /** Of promoting a canary that is worse by a whole margin, for each of the four that promise something. */
  promoteAlpha: number;
  /** p below which the numbers of users on the tracks are no chance. */
  sampleRatioAlpha: number;
  /** Failures and fallbacks: points of share above stable's. */
  unansweredMargin: number;
  /** The canary's p99 may be this times stable's … */
  latencyFactor: number;
  /** … and this many milliseconds more. */
  latencyExtraMs: number;
  /** `p99`: 99 % of the answers within the budget; `mean`: their mean within it. */
  latencyBudget: { rule: 'p99' | 'mean'; ms: number };
  /** False where nobody tells what is watched: then it is neither for nor against a canary. */
  watchAsked: boolean;
  /** Loss of watching, relative to stable, that must be ruled out before a promotion. */
  watchMargin: number;
  /** Likewise, relative growth of the online RMSE; asked of canaries with that many ratings on both tracks. */
  rmseMargin: number;
  ratingsMin: number;
  /** Before a promotion: answers of the canary, and time. */
  answersMin: number;
  elapsedMinMs: number;
  /** Before anything is said at all, answers on either track; below, a normal law describes them badly. */
  abortAnswersMin: number;
}

export const defaultVerdictRules: VerdictRules = {
  abortAlpha: 0.01,
  promoteAlpha: 0.025,
  sampleRatioAlpha: 0.001,
  unansweredMargin: 0.005,
  latencyFactor: 1.3,
  latencyExtraMs: 20,
  latencyBudget: { rule: 'p99', ms: 250 },
  watchAsked: true,
  watchMargin: 0.05,
  rmseMargin: 0.05,
  ratingsMin: 1_000,
  answersMin: 1_000,
  elapsedMinMs: 30 * 60_000,
  abortAnswersMin: 100,
};
