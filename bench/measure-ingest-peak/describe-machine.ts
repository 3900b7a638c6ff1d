import { cpus, loadavg, totalmem } from 'node:os';

/** What a figure was taken on. */
export const describeMachine = (settings: Record<string, string | number>): Record<string, string | number> => ({
  date: new Date().toISOString(),
  node: process.version,
  cpu: `${cpus().length} × ${cpus()[0].model}`,
  memoryGiB: `${Math.round(totalmem() / 2 ** 30)}`,
  loadAverage: loadavg()
    .map((load) => load.toFixed(2))
    .join(' '),
  ...settings,
});
