import type { PartResult } from '../measure-scaling.ts';
import { settledAtMs } from '../../test/scaling/check-scaling.ts';
import { followLoad } from '../../test/scaling/follow-load.ts';
import { openScalingPlatform } from '../../test/scaling/scaling-platform.ts';
import { chartRun, outcomesOf, workerHours } from './chart-run.ts';

const [beforeSeconds, highSeconds, afterSeconds] = [15, 60, 60];

/** 20 → 240 → 20 requests a second with the settings as shipped. */
export async function measureStep(): Promise<PartResult> {
  const platform = await openScalingPlatform();
  try {
    const run = await followLoad(platform, [
      { perSecond: 20, seconds: beforeSeconds },
      { perSecond: 240, seconds: highSeconds },
      { perSecond: 20, seconds: afterSeconds },
    ]);
    const upAtMs = beforeSeconds * 1_000;
    const downAtMs = upAtMs + highSeconds * 1_000;
    const settled = settledAtMs(run.answers, upAtMs, downAtMs);
    const lost = run.answers.filter(({ dueMs, outcome }) => dueMs >= downAtMs && outcome !== 'model').length;
    const changes = run.looks.filter(({ wanted }, at) => at > 0 && wanted !== run.looks[at - 1].wanted);
    return {
      rows: [
        {
          'fallbacks under 1 % after the step, s': settled === undefined ? 'never' : (settled - upAtMs) / 1_000,
          'wanted at the end of the step': run.looks.findLast(({ atMs }) => atMs < downAtMs)?.wanted,
          'wanted at the end': run.looks.at(-1)?.wanted,
          changes: changes.map(({ atMs, wanted }) => `${wanted} at ${(atMs / 1_000).toFixed(1)} s`).join(', '),
          'not from the model after the step down': lost,
          workerHours: workerHours(run),
          ...outcomesOf(run),
        },
      ],
      plots: { 'scaling-step.svg': chartRun('20, 240 and 20 requests a second: workers follow', run) },
    };
  } finally {
    await platform.close();
  }
}
