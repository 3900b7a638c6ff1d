import type { PartResult } from '../measure-scaling.ts';
import { openScalingPlatform } from '../../test/scaling/scaling-platform.ts';
import { withWorkerFaults } from '../../test/scaling/worker-faults.ts';

/** A worker killed each 5 s for a minute, the autoscaler killed, RabbitMQ restarted, and a minute without metrics. */
export async function measureFaults(): Promise<PartResult> {
  const platform = await openScalingPlatform();
  try {
    const { faults, table } = await withWorkerFaults(platform, {
      killEveryMs: 5_000,
      kills: 12,
      blindMs: 60_000,
      backWithinMs: 15_000,
    });
    return { rows: table.split('\n').map((what) => ({ what })), plots: {}, faults };
  } finally {
    await platform.close();
  }
}
