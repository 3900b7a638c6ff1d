import type { PartResult } from '../measure-scaling.ts';
import { followLoad } from '../../test/scaling/follow-load.ts';
import { openScalingPlatform } from '../../test/scaling/scaling-platform.ts';
import { chartRun, outcomesOf, workerHours } from './chart-run.ts';
import { dayCurve, leastWorkerHours } from './load-curves.ts';

const seconds = 300;
const jobSeconds = 0.02;
/** Enough for the evening at the busy fraction that is aimed at. */
const peakWorkers = 7;

/** A day pressed into five minutes: the load then rises 288 times as fast as in life, so the cool-down is 5 s. */
export async function measureDay(): Promise<PartResult> {
  const platform = await openScalingPlatform({ COOL_DOWN_MS: '5000' });
  const load = dayCurve(seconds);
  try {
    const steps = Array.from({ length: seconds }, (_, at) => ({ perSecond: load(at), seconds: 1 }));
    const run = await followLoad(platform, steps);
    return {
      rows: [
        {
          workerHours: workerHours(run),
          leastWorkerHours: leastWorkerHours(load, seconds, jobSeconds),
          fixedPeakWorkerHours: (peakWorkers * seconds) / 3_600,
          ...outcomesOf(run),
        },
      ],
      plots: { 'scaling-day.svg': chartRun('A day in five minutes: workers follow', run) },
    };
  } finally {
    await platform.close();
  }
}
