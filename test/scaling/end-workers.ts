import { createLocalWorkers } from '../../services/autoscaler/src/index.ts';
import { systemClock } from '@reelay/shared/runtime';
import { waitUntil } from '@reelay/shared/testing';

/** Ends the workers that outlived their autoscaler. */
export async function endWorkersIn(folder: string): Promise<void> {
  const program = { main: '', environment: {}, logFolder: '' };
  const workers = createLocalWorkers({ folder, program, drainWithinMs: 3_000, clock: systemClock });
  await waitUntil('the workers have left', async () => {
    const living = await workers.list();
    for (const { id } of living) await workers.drain(id);
    return living.length === 0;
  });
}
