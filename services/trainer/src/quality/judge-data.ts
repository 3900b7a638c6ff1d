import { readFile } from 'node:fs/promises';
import { AppError } from '@reelay/shared/runtime';
import type { SnapshotDescription } from '../snapshot/snapshot-description.ts';
import type { SnapshotStore } from '../snapshot/snapshot-store.ts';
import { replaceDurably } from '@reelay/shared/storage';
import { checkQuality, failuresIn } from './check-quality.ts';
import type { QualityLimits } from './quality-limits.ts';
import { qualityReport, type QualityReport } from './quality-report.ts';

export interface JudgeWishes {
  limits: QualityLimits;
  /** A person wants this data though it failed. */
  accept: boolean;
  now: number;
}

const reportFile = 'quality.json';

/** Checks a snapshot beside the newest other one that passed, and keeps the report beside it. */
export async function judgeData(
  store: SnapshotStore,
  snapshot: SnapshotDescription,
  { limits, accept, now }: JudgeWishes,
): Promise<QualityReport> {
  const before = await lastGood(store, snapshot.dataVersion);
  const checks = checkQuality(snapshot.summary, before?.summary ?? null, limits);
  const failed = failuresIn(checks) !== '';
  const report: QualityReport = {
    dataVersion: snapshot.dataVersion,
    comparedWith: before?.dataVersion ?? null,
    checkedAt: new Date(now).toISOString(),
    outcome: !failed ? 'passed' : accept ? 'accepted' : 'failed',
    checks,
  };
  await replaceDurably(store.besides(snapshot.dataVersion, reportFile), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** Throws `DATA_SUSPECT` with all that failed. */
export function assertGood({ outcome, checks }: QualityReport): void {
  if (outcome !== 'failed') return;
  throw new AppError(
    'DATA_SUSPECT',
    `not trained, the data looks wrong: ${failuresIn(checks)}. If it is right: reelay train --accept-data`,
  );
}

async function lastGood(store: SnapshotStore, besides: string): Promise<SnapshotDescription | undefined> {
  for (const snapshot of await store.list()) {
    if (snapshot.dataVersion === besides) continue;
    const report = await readReport(store.besides(snapshot.dataVersion, reportFile));
    if (report !== undefined && report.outcome !== 'failed') return snapshot;
  }
  return undefined;
}

/** Undefined where there is none that can be read: then nothing is known of that data. */
async function readReport(path: string): Promise<QualityReport | undefined> {
  try {
    return qualityReport.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
