import { lineChart, type Series } from '../plots/line-chart.ts';
import { dayCurve, leastWorkerHours, stepCurve, type LoadCurve } from './load-curves.ts';
import { fixedRule, kedaDefaults, kedaRule, reelayRule } from './scaling-rules.ts';
import { simulateFleet, type FleetRun, type ScalingRule } from './simulate-fleet.ts';

export interface RuleRow {
  series: string;
  rule: string;
  requests: number;
  lateShare: number;
  workerHours: number;
  leastWorkerHours: number;
  changes: number;
}

export interface RuleSimulation {
  rows: RuleRow[];
  /** File name → content. */
  plots: Record<string, string>;
}

const jobSeconds = 0.02;
const fleet = { jobSeconds, budgetSeconds: 0.35, startSeconds: 2, seed: 20_261_121 };

interface Rule {
  name: string;
  lookEverySeconds: number;
  make(): ScalingRule;
}

const rules: Rule[] = [
  { name: 'Reelay', lookEverySeconds: 1, make: () => reelayRule(jobSeconds) },
  { name: 'KEDA, as shipped', lookEverySeconds: 30, make: () => kedaRule() },
  { name: 'KEDA, 1 a replica', lookEverySeconds: 30, make: () => kedaRule({ ...kedaDefaults, value: 1 }) },
  { name: 'fixed, 7 workers', lookEverySeconds: 30, make: () => fixedRule(7) },
];

/** The same arrivals under each rule, on paper: a step of four minutes and a whole day. */
export function simulateRules(): RuleSimulation {
  const day = 86_400;
  const series: [string, LoadCurve, number][] = [
    ['step', stepCurve, 240],
    ['day', dayCurve(day), day],
  ];
  const rows: RuleRow[] = [];
  const plots: Record<string, string> = {};
  for (const [name, load, seconds] of series) {
    const runs = rules.map((rule) => [rule, simulate(rule, load, seconds)] as const);
    const leastHours = leastWorkerHours(load, seconds, jobSeconds);
    rows.push(...runs.map(([rule, run]) => rowOf(name, rule.name, run, leastHours)));
    plots[`scaling-rules-${name}.svg`] = chartOf(name, load, seconds, runs.slice(0, 3));
  }
  return { rows, plots };
}

const simulate = ({ lookEverySeconds, make }: Rule, load: LoadCurve, seconds: number): FleetRun =>
  simulateFleet({ ...fleet, load, seconds, lookEverySeconds, rule: make() });

const rowOf = (series: string, rule: string, run: FleetRun, leastHours: number): RuleRow => ({
  series,
  rule,
  requests: run.requests,
  lateShare: run.late / run.requests,
  workerHours: run.workerHours,
  leastWorkerHours: leastHours,
  changes: run.changes,
});

function chartOf(name: string, load: LoadCurve, seconds: number, runs: (readonly [Rule, FleetRun])[]): string {
  const unit = name === 'day' ? 3_600 : 1;
  const offered: Series = {
    name: 'requests/s',
    right: true,
    points: Array.from({ length: 241 }, (_, at) => (at * seconds) / 240).map((at) => [at / unit, load(at)] as const),
  };
  const wanted = runs.map(([rule, run]): Series => {
    const last = run.wanted.at(-1)?.[1] ?? 1;
    return {
      name: rule.name
        .split(',', 2)
        .slice(0, rule.name.startsWith('KEDA') ? 2 : 1)
        .join(','),
      stepped: true,
      points: [...run.wanted, [seconds, last] as const].map(([at, workers]) => [at / unit, workers] as const),
    };
  });
  return lineChart([...wanted, offered], {
    title: `Workers by rule: a ${name} of load, simulated`,
    xLabel: unit === 1 ? 'seconds' : 'hour of the day',
    yLabel: 'workers',
    rightLabel: 'requests/s',
  });
}
