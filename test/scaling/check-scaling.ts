import type { LoadAnswer, LoadRun, WorkerLook } from './follow-load.ts';

/** What is expected of a step up and down; times in milliseconds from the start of the run. */
export interface StepExpectation {
  upAtMs: number;
  downAtMs: number;
  /** Fewest and most workers wanted at the end of the step. */
  highest: readonly [least: number, most: number];
  /** Fallbacks end this long after the step up. */
  settledWithinMs: number;
  /** No two changes closer than this. */
  intervalMs: number;
}

/** Callers give up after this. */
const deadlineMs = 600;
/** Looks come a fifth of a second apart and each of the two may be that much late. */
const lookSlackMs = 500;

/** What the step has shown to be wrong; empty when the workers followed it. */
export function scalingFaults(run: LoadRun, expected: StepExpectation): string[] {
  const faults: string[] = [];
  const expect = (kept: boolean, what: string) => void (kept || faults.push(what));
  const { upAtMs, downAtMs, highest, settledWithinMs, intervalMs } = expected;
  expect(run.answers.length > 0 && run.looks.length > 0, 'nothing was asked or seen');
  const unanswered = run.answers.filter(({ outcome }) => outcome === 'failed').length;
  expect(unanswered === 0, `${unanswered} requests unanswered`);
  const late = run.answers.filter(({ latencyMs }) => latencyMs > deadlineMs).length;
  expect(late === 0, `${late} answers later than ${deadlineMs} ms`);
  const before = run.looks.filter(({ atMs }) => atMs < upAtMs).map(({ wanted }) => wanted);
  expect(
    before.every((wanted) => wanted === 1),
    `before the step ${Math.max(...before)} workers were wanted`,
  );
  const high = wantedAt(run.looks, downAtMs);
  expect(high >= highest[0] && high <= highest[1], `${high} workers wanted at the end of the step`);
  expect(run.looks.at(-1)?.wanted === 1, `${run.looks.at(-1)?.wanted} workers wanted at the end`);
  const settled = fallbackCount(run.answers, upAtMs + settledWithinMs, downAtMs);
  expect(settled.of > 0, 'no request after the step had settled');
  expect(settled.fallbacks * 100 <= settled.of, `${settled.fallbacks} of ${settled.of} answers are fallbacks still`);
  const lost = fallbackCount(run.answers, downAtMs, Infinity);
  expect(lost.of > 0, 'no request after the step down');
  expect(lost.fallbacks === 0, `${lost.fallbacks} of ${lost.of} jobs lost after the step down`);
  for (const gap of changeGaps(run.looks)) {
    expect(gap >= intervalMs - lookSlackMs, `two changes within ${Math.round(gap)} ms`);
  }
  return faults;
}

/** Fallbacks among the requests that were due in a time. */
export function fallbackCount(
  answers: readonly LoadAnswer[],
  fromMs: number,
  toMs: number,
): { of: number; fallbacks: number } {
  const due = answers.filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs);
  return { of: due.length, fallbacks: due.filter(({ outcome }) => outcome === 'fallback').length };
}

/** First moment from which on at most one of a hundred answers in any following second is a fallback; undefined when it never comes. */
export function settledAtMs(answers: readonly LoadAnswer[], fromMs: number, toMs: number): number | undefined {
  let settled: number | undefined;
  for (let at = fromMs; at + 1_000 <= toMs; at += 250) {
    const { of, fallbacks } = fallbackCount(answers, at, at + 1_000);
    if (fallbacks * 100 > of) settled = undefined;
    else settled ??= at;
  }
  return settled;
}

const wantedAt = (looks: readonly WorkerLook[], atMs: number): number =>
  looks.findLast((look) => look.atMs < atMs)?.wanted ?? 0;

function changeGaps(looks: readonly WorkerLook[]): number[] {
  const changes = looks.filter(({ wanted }, at) => at > 0 && wanted !== looks[at - 1].wanted).map(({ atMs }) => atMs);
  return changes.slice(1).map((at, index) => at - changes[index]);
}
