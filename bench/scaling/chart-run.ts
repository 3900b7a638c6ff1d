import { lineChart } from '../plots/line-chart.ts';
import type { LoadRun } from '../../test/scaling/follow-load.ts';

/** Wanted and running workers, and what was asked and got a fallback in each second of a run. */
export function chartRun(title: string, { answers, looks }: LoadRun): string {
  const seconds = Math.ceil(Math.max(...answers.map(({ dueMs }) => dueMs)) / 1_000);
  const perSecond = Array.from({ length: seconds }, (_, second) => {
    const due = answers.filter(({ dueMs }) => Math.floor(dueMs / 1_000) === second);
    return { asked: due.length, fallback: due.filter(({ outcome }) => outcome === 'fallback').length };
  });
  const points = (of: (second: { asked: number; fallback: number }) => number) =>
    perSecond.map((second, at) => [at, of(second)] as const);
  return lineChart(
    [
      {
        name: 'wanted workers',
        stepped: true,
        points: looks.map(({ atMs, wanted }) => [atMs / 1_000, wanted] as const),
      },
      {
        name: 'running workers',
        stepped: true,
        points: looks.map(({ atMs, running }) => [atMs / 1_000, running] as const),
      },
      { name: 'requests/s', right: true, points: points(({ asked }) => asked) },
      { name: 'fallbacks/s', right: true, points: points(({ fallback }) => fallback) },
    ],
    { title, xLabel: 'seconds', yLabel: 'workers', rightLabel: 'requests/s' },
  );
}

/** Worker-hours of a run: running and draining ones, by the looks. */
export function workerHours({ looks }: LoadRun): number {
  let hours = 0;
  for (const [at, look] of looks.entries()) {
    const untilMs = looks[at + 1]?.atMs ?? look.atMs;
    hours += ((look.running + look.draining) * (untilMs - look.atMs)) / 3_600_000;
  }
  return hours;
}

/** Shares of the outcomes, and the slowest answer. */
export function outcomesOf({ answers }: LoadRun): Record<string, number> {
  const share = (outcome: string) => answers.filter((answer) => answer.outcome === outcome).length / answers.length;
  return {
    requests: answers.length,
    model: share('model'),
    fallback: share('fallback'),
    failed: share('failed'),
    slowestMs: Math.round(Math.max(...answers.map(({ latencyMs }) => latencyMs))),
  };
}
