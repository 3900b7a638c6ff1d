import type { ModelMetrics } from '@reelay/shared/contracts';

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

/**
 * The gate: a candidate must rank not worse than the list of the most watched, and foretell ratings not worse than their mean
 * beyond chance, on its own hold-out. What was not measured, or is no finite number, is no proof.
 */
export function judgeCandidate(metrics: ModelMetrics): Judgement {
  const findings = [judgeRanking(metrics), judgeRatings(metrics)];
  const refusals = findings.filter(({ release }) => !release);
  const told = refusals.length > 0 ? refusals : findings;
  return { release: refusals.length === 0, reason: told.map(({ reason }) => reason).join('; ') };
}

function judgeRanking({ users, ndcgAt10, popularityNdcgAt10 }: ModelMetrics): Judgement {
  if (!isMeasured(ndcgAt10) || !isMeasured(popularityNdcgAt10)) {
    return { release: false, reason: `NDCG@10 is not measured (${ndcgAt10}, popularity ${popularityNdcgAt10})` };
  }
  const release = ndcgAt10 >= popularityNdcgAt10;
  const figures = `NDCG@10 ${ndcgAt10.toFixed(4)}, popularity's ${popularityNdcgAt10.toFixed(4)}, ${users} users`;
  return { release, reason: release ? figures : `ranks worse than popularity: ${figures}` };
}

function judgeRatings({ heldOutRatings, rmse, globalMeanRmse }: ModelMetrics): Judgement {
  if (heldOutRatings === 0) return { release: true, reason: 'no rating held out' };
  if (!isMeasured(rmse) || !isMeasured(globalMeanRmse)) {
    return { release: false, reason: `RMSE is not measured (${rmse}, global mean ${globalMeanRmse})` };
  }
  const figures = `RMSE ${rmse.toFixed(4)}, global mean's ${globalMeanRmse.toFixed(4)}, ${heldOutRatings} ratings`;
  const release = rmse <= globalMeanRmse + rmseAllowance(globalMeanRmse, heldOutRatings);
  return { release, reason: release ? figures : `foretells ratings worse than their mean: ${figures}` };
}

const isMeasured = (value: number | null): value is number => typeof value === 'number' && Number.isFinite(value);
