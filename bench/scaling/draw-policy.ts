import type { PartResult } from '../measure-scaling.ts';
import { neededWorkers, defaultNeed, type WorkerSignals } from '../../services/autoscaler/src/index.ts';
import { lineChart, type Series } from '../plots/line-chart.ts';

const quiet: WorkerSignals = {
  running: 3,
  arrivalRate: 100,
  serviceRate: 50,
  busyFraction: 0.66,
  expiredShare: 0,
  fallbackShare: 0,
  ready: 0,
  unacknowledged: 0,
};

interface Rule {
  file: string;
  title: string;
  xLabel: string;
  values: number[];
  signals(value: number): WorkerSignals;
}

const range = (most: number, points = 101): number[] =>
  Array.from({ length: points }, (_, at) => (at * most) / (points - 1));

const rules: Rule[] = [
  {
    file: 'policy-load.svg',
    title: 'Load: workers by requests a second, 50 jobs a second a worker',
    xLabel: 'requests/s',
    values: range(400),
    signals: (arrivalRate) => ({ ...quiet, arrivalRate, busyFraction: null }),
  },
  {
    file: 'policy-backlog.svg',
    title: 'Backlog: workers by waiting jobs, at 100 requests/s',
    xLabel: 'jobs that wait',
    values: range(200),
    signals: (ready) => ({ ...quiet, ready }),
  },
  {
    file: 'policy-late.svg',
    title: 'Late jobs: workers by the share that came too late, 3 busy workers run',
    xLabel: 'share of late jobs',
    values: range(0.5),
    signals: (fallbackShare) => ({ ...quiet, busyFraction: 0.95, arrivalRate: 140, fallbackShare }),
  },
  {
    file: 'policy-busy.svg',
    title: 'Busy fraction alone: no gateway and no broker tells, 3 workers run',
    xLabel: 'busy fraction',
    values: range(1),
    signals: (busyFraction) => ({ ...quiet, busyFraction, arrivalRate: null, serviceRate: null, ready: null }),
  },
];

/** Each rule of the policy by itself: below `least` more are started, above `most` some are drained, `aim` is what is gone to. */
export function drawPolicy(): PartResult {
  const plots = Object.fromEntries(rules.map((rule) => [rule.file, chartOf(rule)]));
  return { rows: rules.map(({ file, title }) => ({ file, title })), plots };
}

function chartOf({ title, xLabel, values, signals }: Rule): string {
  const needs = values.map((value) => [value, neededWorkers(signals(value), defaultNeed)] as const);
  const series = (['most', 'aim', 'least'] as const).map((name): Series => ({
    name,
    stepped: true,
    points: needs.flatMap(([value, need]) => (need ? [[value, need[name]] as const] : [])),
  }));
  return lineChart(series, { title, xLabel, yLabel: 'workers' });
}
