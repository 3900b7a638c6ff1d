import type { TimeWindow, TruthLedger, VersionOutcomes } from '@reelay/shared/storage';
import { isoTime, shareOf } from './availability.ts';

/** What became of answers. Every figure is null when there is nothing to take it from. */
export interface OutcomeFigures {
  /** Recommendation lines, and those with status 200, which are the answers. */
  requests: number;
  answers: number;
  /** Share of answers of which something was watched within the window. */
  hitRate: number | null;
  minutesPerAnswer: number | null;
  /** Ratings of what was recommended, within the window, and their mean. */
  ratings: number;
  meanRating: number | null;
  /** Share of answers that a model made from the user's own history. */
  personalisedShare: number | null;
}

export interface Outcomes extends OutcomeFigures {
  /** What was looked at: `from` belongs to it, `to` does not. ISO, UTC. */
  from: string;
  to: string;
  /** In their order; last those without a receipt, or that no model made (`modelVersion` null). */
  versions: ({ modelVersion: string | null } & OutcomeFigures)[];
}

/** As last settled. */
export async function readOutcomes(ledger: Pick<TruthLedger, 'outcomes'>, window: TimeWindow): Promise<Outcomes> {
  const found = await ledger.outcomes(window);
  const versions = found.toSorted(byVersion).map((one) => ({ modelVersion: one.modelVersion, ...figuresOf([one]) }));
  return { from: isoTime(window.from), to: isoTime(window.to), ...figuresOf(found), versions };
}

function byVersion({ modelVersion: a }: VersionOutcomes, { modelVersion: b }: VersionOutcomes): number {
  return a === null ? 1 : b === null ? -1 : a.localeCompare(b, 'en', { numeric: true });
}

function figuresOf(some: VersionOutcomes[]): OutcomeFigures {
  const sum = (of: (one: VersionOutcomes) => number): number => some.reduce((total, one) => total + of(one), 0);
  const [answers, ratings] = [sum((one) => one.answers), sum((one) => one.ratings)];
  return {
    requests: sum((one) => one.requests),
    answers,
    hitRate: shareOf(
      sum((one) => one.hits),
      answers,
    ),
    minutesPerAnswer: shareOf(
      sum((one) => one.minutes),
      answers,
    ),
    ratings,
    meanRating: shareOf(
      sum((one) => one.ratingSum),
      ratings,
    ),
    personalisedShare: shareOf(
      sum((one) => one.personalised),
      answers,
    ),
  };
}

const columns = ['requests', 'answers', 'watched', 'minutes/answer', 'ratings', 'mean rating', 'personalised'];

/** A table for people: one row a version, then all. */
export function outcomesText(outcomes: Outcomes, windowHours: number): string {
  const rows = [
    ['version', ...columns],
    ...outcomes.versions.map((one) => [one.modelVersion ?? 'no receipt, or no model', ...cells(one)]),
    ['all', ...cells(outcomes)],
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const table = rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  '),
  );
  return [
    ...table,
    '',
    `Watched and rated within ${windowHours} h of the log after an answer that had the movie; each counts for the last such answer.`,
  ].join('\n');
}

const cells = (one: OutcomeFigures): string[] => [
  one.requests.toLocaleString('en'),
  one.answers.toLocaleString('en'),
  percent(one.hitRate),
  decimal(one.minutesPerAnswer),
  one.ratings.toLocaleString('en'),
  decimal(one.meanRating),
  percent(one.personalisedShare),
];

const decimal = (value: number | null): string => value?.toFixed(2) ?? '–';
const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
