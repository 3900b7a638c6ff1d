import { parentPort, workerData } from 'node:worker_threads';
import { createAlsRows, type AlsPlan, type AlsSide } from '@reelay/recommender';

/** What a thread is started with: the plan's arrays are shared, and so is the next row that nobody has taken. */
export interface RowTask {
  plan: AlsPlan;
  nextRow: Int32Array;
}

/** Rows that are taken at once: few enough that no thread waits long for another at the end. */
const rowsAtOnce = 32;

const { plan, nextRow } = workerData as RowTask;
const rows = createAlsRows(plan);

parentPort?.on('message', (side: AlsSide) => {
  const end = (side === 'users' ? plan.byUser : plan.byItem).users;
  rows.begin(side);
  for (;;) {
    const from = Atomics.add(nextRow, 0, rowsAtOnce);
    if (from >= end) break;
    rows.solve(side, from, Math.min(end, from + rowsAtOnce));
  }
  parentPort?.postMessage('done');
});
