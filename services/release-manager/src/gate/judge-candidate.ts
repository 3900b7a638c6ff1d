import type { LiveComparison, ModelMetrics } from '@reelay/shared/contracts';
import { compareWithLive, defaultCompareRules, type CompareRules } from './compare-with-live.ts';

export interface Judgement {
  release: boolean;
  /** For a person, with the figures that decided. */
  reason: string;
}

/**
 * How far an RMSE measured on `ratings` ratings may lie above the floor and still be chance: one standard error of the floor,
 * about RMSE/√(2n). On 100 ratings that is 7 %, on 10,000 it is 0.7 %.
 */
const rmseAllowance = (floor: number, ratings: number): number => floor / Math.sqrt(2 * ratings);

export interface GateRules {
  /** How the live model is compared with; see `compareWithLive`. */
  live: CompareRules;
  /** From so many held-out users on, as good as both floors is not enough: better than one of them. */
  betterFromUsers: number;
  /** Fixed limits, for who wants them; RMSE < 1 is passed by a model that knows nothing but means. */
  rmseMax?: number;
  ndcgMin?: number;
}

export const defaultGateRules: GateRules = { live: defaultCompareRules, betterFromUsers: 1_000 };

/**
 * The gate: a candidate must rank not worse than the list of the most watched, foretell ratings not worse than means of users and items beyond chance, be
 * better than one of the two where enough users were held out, and be not worse than the live model on the same hold-out, overall and for
 * every user group with enough data. What was not measured, or is no finite number, is no proof.
 *
 * @param comparison null: there is no live model, or the candidate was not compared with it, which the reason tells
 */
export function judgeCandidate(
  metrics: ModelMetrics,
  comparison: LiveComparison | null = null,
  rules: GateRules = defaultGateRules,
): Judgement {
  const floors = [judgeRanking(metrics), judgeRatings(metrics)];
  const findings = [...floors, ...judgeBetter(metrics, rules), ...judgeLimits(metrics, rules)];
  if (comparison !== null) findings.push(judgeAgainstLive(comparison, rules.live));
  const refusals = findings.filter(({ release }) => !release);
  const told = refusals.length > 0 ? refusals : findings;
  return { release: refusals.length === 0, reason: told.map(({ reason }) => reason).join('; ') };
}

function judgeAgainstLive(comparison: LiveComparison, rules: CompareRules): Judgement {
  const compared = compareWithLive(comparison, rules);
  const worse = compared.filter((one) => one.worse);
  const of = `${compared.length} comparisons with ${comparison.live}`;
  if (compared.length === 0) return { release: true, reason: `too few users to compare with ${comparison.live}` };
  if (worse.length > 0) {
    const texts = worse.slice(0, 5).map(({ text }) => text);
    return { release: false, reason: `worse than the live model in ${worse.length} of ${of}: ${texts.join('; ')}` };
  }
  const everybody = compared.filter(({ group }) => group === 'everybody').map(({ text }) => text);
  return { release: true, reason: [`not worse in any of ${of}`, ...everybody].join(': ') };
}

function judgeBetter(metrics: ModelMetrics, { betterFromUsers }: GateRules): Judgement[] {
  const { users, ndcgAt10, popularityNdcgAt10, rmse } = metrics;
  if (users < betterFromUsers) return [];
  const ranksBetter = isMeasured(ndcgAt10) && isMeasured(popularityNdcgAt10) && ndcgAt10 > popularityNdcgAt10;
  const { floor, whose } = ratingFloor(metrics);
  const foretellsBetter = isMeasured(rmse) && isMeasured(floor) && rmse < floor;
  if (ranksBetter || foretellsBetter) return [];
  return [{ release: false, reason: `no better than popularity and ${whose}, with ${users} users held out` }];
}

function judgeLimits({ rmse, ndcgAt10 }: ModelMetrics, { rmseMax, ndcgMin }: GateRules): Judgement[] {
  const limits: Judgement[] = [];
  if (rmseMax !== undefined) {
    const release = isMeasured(rmse) && rmse < rmseMax;
    limits.push({ release, reason: `RMSE ${rmse?.toFixed(4) ?? 'not measured'}, limit ${rmseMax}` });
  }
  if (ndcgMin !== undefined) {
    const release = isMeasured(ndcgAt10) && ndcgAt10 >= ndcgMin;
    limits.push({ release, reason: `NDCG@10 ${ndcgAt10?.toFixed(4) ?? 'not measured'}, limit ${ndcgMin}` });
  }
  return limits;
}

function judgeRanking({ users, ndcgAt10, popularityNdcgAt10 }: ModelMetrics): Judgement {
  if (!isMeasured(ndcgAt10) || !isMeasured(popularityNdcgAt10)) {
    return { release: false, reason: `NDCG@10 is not measured (${ndcgAt10}, popularity ${popularityNdcgAt10})` };
  }
  const release = ndcgAt10 >= popularityNdcgAt10;
  const figures = `NDCG@10 ${ndcgAt10.toFixed(4)}, popularity's ${popularityNdcgAt10.toFixed(4)}, ${users} users`;
  return { release, reason: release ? figures : `ranks worse than popularity: ${figures}` };
}

function judgeRatings(metrics: ModelMetrics): Judgement {
  const { heldOutRatings, rmse } = metrics;
  if (heldOutRatings === 0) return { release: true, reason: 'no rating held out' };
  const { floor, whose } = ratingFloor(metrics);
  if (!isMeasured(rmse) || !isMeasured(floor)) {
    return { release: false, reason: `RMSE is not measured (${rmse}, ${whose} ${floor})` };
  }
  const figures = `RMSE ${rmse.toFixed(4)}, ${whose}'s ${floor.toFixed(4)}, ${heldOutRatings} ratings`;
  const release = rmse <= floor + rmseAllowance(floor, heldOutRatings);
  return { release, reason: release ? figures : `foretells ratings worse than ${whose}: ${figures}` };
}

/** What knows of nobody's taste: the means of users and items; in manifests without that figure, the mean of all. */
const ratingFloor = ({ biasOnlyRmse, globalMeanRmse }: ModelMetrics): { floor: number | null; whose: string } =>
  biasOnlyRmse === undefined
    ? { floor: globalMeanRmse, whose: 'global mean' }
    : { floor: biasOnlyRmse, whose: 'bias-only' };

const isMeasured = (value: number | null): value is number => typeof value === 'number' && Number.isFinite(value);
