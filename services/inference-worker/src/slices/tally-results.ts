import { createSliceResultsWriter, type JobOutcome, type UserResult } from '@reelay/shared/contracts';
import type { RecommendationOfJob, SliceOutcome, TakenSlice } from '@reelay/shared/storage';

/** What a slice comes to, taken up as its lists are made. */
export interface SliceTally {
  add(results: readonly UserResult[]): void;
  outcome(finishedMs: number): SliceOutcome;
}

/** Holds bytes, not objects: those of a slice would outlive many collections, and each would copy them. */
export function createTally({ job, sliceNo }: TakenSlice): SliceTally {
  const written = createSliceResultsWriter();
  const rows: RecommendationOfJob[] = [];
  const users: Record<JobOutcome, number> = { model: 0, fallback: 0, failed: 0 };
  return {
    add(results) {
      written.add(results);
      for (const result of results) {
        users[result.outcome]++;
        if (job.asRows) rows.push(...rowsOf(result));
      }
    },
    outcome: (finishedMs) => ({
      jobId: job.jobId,
      sliceNo,
      finishedMs,
      answered: users.model,
      fallback: users.fallback,
      failed: users.failed,
      body: written.bytes(),
      rows,
    }),
  };
}

const rowsOf = ({ userId, modelVersion, items }: UserResult): RecommendationOfJob[] =>
  items.map(({ itemId, score, source = null }, at) => ({
    userId,
    rank: at + 1,
    itemId,
    score,
    modelVersion: modelVersion ?? '',
    source,
  }));
