import type { Clock } from '@reelay/shared/runtime';
import { createLocalWorkers } from './local-workers.ts';

const leaveWithinMs = 12_000;
const lookAgainMs = 50;

/** Drains every worker that stands in the folder and waits until all have left; to be called when no autoscaler runs there any more. */
export async function endWorkers(folder: string, clock: Clock): Promise<void> {
  const program = { main: '', environment: {}, logFolder: '' };
  const workers = createLocalWorkers({ folder, program, drainWithinMs: leaveWithinMs, clock });
  for (;;) {
    const living = await workers.list(); // ends those that are overdue
    if (living.length === 0) return;
    for (const { id } of living) await workers.drain(id);
    await clock.sleep(lookAgainMs);
  }
}
