import { initial } from './0001-initial.ts';
import { receipts } from './0002-receipts.ts';
import { days } from './0003-days.ts';
import { detailCrawls } from './0004-detail-crawls.ts';
import { onlineTruth } from './0005-online-truth.ts';
import { answerOutcomes } from './0006-answer-outcomes.ts';
import { jobs } from './0007-jobs.ts';
import { narrowSegments } from './0008-narrow-segments.ts';
import { workTimes } from './0009-work-times.ts';
import { notices } from './0010-notices.ts';
import { ageRatings } from './0011-age-ratings.ts';
import { receiptsByUser } from './0012-receipts-by-user.ts';
import { sourcesOfJobRows } from './0013-sources-of-job-rows.ts';
import type { Migration } from './migration.ts';

/**
 * The schema's history by number. Add a file, add it here, and add dumps of it to `dumps/`. Steps made side by side may come with
 * a gap that another one fills; a database runs whatever it lacks.
 */
export const migrations: readonly Migration[] = [
  initial,
  receipts,
  days,
  detailCrawls,
  onlineTruth,
  answerOutcomes,
  jobs,
  narrowSegments,
  workTimes,
  notices,
  ageRatings,
  receiptsByUser,
  sourcesOfJobRows,
];
