import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureDay } from './scaling/measure-day.ts';
import { measureFaults } from './scaling/measure-faults.ts';
import { measureStep } from './scaling/measure-step.ts';
import { drawPolicy } from './scaling/draw-policy.ts';
import { simulateRules } from './scaling/simulate-rules.ts';

const help = `node scripts/with-node.mjs bench/measure-scaling.ts [--only step] [--plots docs/plots] [--json]

How the inference workers follow the load, on a RabbitMQ and a Redis of their own (npm run setup:native); a job waits 20 ms and a worker
does one at a time, so that one busy worker does 50 jobs a second.
--only   one part: step (20, 240, 20 requests/s), day (a day in five minutes), faults (kills, restarts, 60 s without metrics),
         rules (Reelay's and KEDA's rule on the same arrivals, simulated), policy (each rule of the policy as a plot)
--plots  writes the charts there

Example:
  $ node scripts/with-node.mjs bench/measure-scaling.ts --only rules`;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(help);
  process.exit(0);
}
const valueOf = (flag: string): string | undefined => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
const [only, plotsFolder, json] = [valueOf('--only'), valueOf('--plots'), args.includes('--json')];

export interface PartResult {
  rows: object[];
  /** File name → SVG. */
  plots: Record<string, string>;
  /** What should not have happened; the command then ends with 1. */
  faults?: string[];
}

const parts: Record<string, () => Promise<PartResult> | PartResult> = {
  policy: drawPolicy,
  rules: simulateRules,
  step: measureStep,
  day: measureDay,
  faults: measureFaults,
};
if (only !== undefined && !(only in parts)) {
  console.error(`there is no part "${only}": ${Object.keys(parts).join(', ')}`);
  process.exit(1);
}
for (const [name, measure] of Object.entries(parts)) {
  if (only !== undefined && only !== name) continue;
  const { rows, plots, faults = [] } = await measure();
  if (json) console.log(JSON.stringify({ part: name, rows, faults }));
  else console.table(rows);
  for (const fault of faults) console.error(`${name}: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
  if (plotsFolder === undefined) continue;
  mkdirSync(plotsFolder, { recursive: true });
  for (const [file, content] of Object.entries(plots)) writeFileSync(join(plotsFolder, file), content);
}
process.exit();
