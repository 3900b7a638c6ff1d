import { RecommenderError } from '@reelay/recommender';
import { AppError } from '@reelay/shared/runtime';
import { findData } from '../importing/find-data.ts';
import { readDataDetails } from '../importing/read-data-details.ts';
import { readRatings } from '../importing/read-ratings.ts';
import { coldPart } from './cold-part.ts';
import { evaluateData, type Evaluation } from './evaluate-data.ts';
import { reportOf, type EvaluationReport } from './evaluation-report.ts';
import { featuresOf } from './feature-groups.ts';
import { listMaker } from './list-maker.ts';
import { ratingMaker } from './rating-maker.ts';
import { readSplit } from './read-split.ts';
import { searchWithin } from './search-within.ts';

export interface EvaluationRequest {
  /** MovieLens folder or CSV file. */
  data: string;
  split?: string | undefined;
  testRows?: string | undefined;
  relevantFrom?: number | undefined;
  seed: number;
  threads: number;
  budgetSeconds: number;
  /** Seconds to search settings of both models in, on a part of the training rows; none when absent. */
  searchSeconds?: number | undefined;
}

export interface RanEvaluation {
  evaluation: Evaluation;
  /** All figures; made when asked for. */
  report(): EvaluationReport;
}

/** Reads, splits, trains and measures. Throws `NOT_FOUND`, `NOT_ENOUGH_DATA`, `DATA_INVALID` (any row that cannot be read), `REQUEST_INVALID`. */
export async function runEvaluation(
  request: EvaluationRequest,
  onStep: (step: string, done: number) => void = () => {},
): Promise<RanEvaluation> {
  const { seed, threads, budgetSeconds, relevantFrom } = request;
  const files = await findData(request.data);
  if (files.kind === 'events') throw new AppError('REQUEST_INVALID', `${request.data} holds events: import them, or give ratings as CSV`); // prettier-ignore
  const ratings = await readRatings(files.ratings, { onProgress: () => onStep('reading', 0) });
  ratings.bad.refuse(files.ratings);
  const details = await readDataDetails(files);
  const features = featuresOf(details, ratings.userIds, ratings.itemIds);
  try {
    const split = await readSplit(ratings.table, request);
    const { searchSeconds: seconds } = request;
    const search = seconds === undefined ? undefined : await searchWithin(ratings.table, split, { seed, threads, features, seconds, relevantFrom, onStep }); // prettier-ignore
    const makers = {
      rating: ratingMaker({
        seed,
        threads,
        features,
        budgetSeconds,
        choices: search?.ratings.best,
        onProgress: onStep,
      }),
      ranking: listMaker({ seed, threads, lists: search?.lists.best, cold: coldPart(details, ratings.userIds), onProgress: onStep }), // prettier-ignore
    };
    const evaluation = await evaluateData({ table: ratings.table, split, relevantFrom, seed }, makers, onStep);
    return { evaluation, report: () => reportOf(evaluation, { ...ratings, details, seed, search }) };
  } catch (error) {
    throw error instanceof RecommenderError ? asAppError(error) : error;
  }
}

function asAppError(error: RecommenderError): AppError {
  const code = error.code === 'DATA_INVALID' || error.code === 'REQUEST_INVALID' ? error.code : 'TRAINING_FAILED';
  return new AppError(code, error.message, { cause: error });
}
