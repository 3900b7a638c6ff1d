import type { Association, DataSummary } from './data-summary.ts';
import { chanceVariation, cramersV, stabilityIndex, totalVariation } from './distances.ts';
import type { QualityLimits } from './quality-limits.ts';
import type { QualityCheck } from './quality-report.ts';

/**
 * Whether a model may learn from this data: by itself, and beside the last data that passed. Effect sizes, not tests: with millions of rows every
 * test refuses everything. Histograms of numbers go by PSI, of kinds by Cramér's V, and below `smallRows` rows by total variation beyond
 * chance.
 */
export function checkQuality(now: DataSummary, before: DataSummary | null, limits: QualityLimits): QualityCheck[] {
  const alone = [duplicates(now), ...ranges(now, limits)];
  if (before === null) return alone;
  return [
    ...alone,
    rowsKept(now, before, limits),
    withoutDetails('items', share(before.itemsWithoutDetails, before.items), share(now.itemsWithoutDetails, now.items), limits), // prettier-ignore
    withoutDetails('users', share(before.usersWithoutDetails, before.users), share(now.usersWithoutDetails, now.users), limits), // prettier-ignore
    drift('minutes', before.minutes, now.minutes, 'numbers', limits),
    drift('ratings', before.ratingValues, now.ratingValues, 'numbers', limits),
    // Grows with the time that data was gathered over, so it is for people to look at.
    atMostWatch(drift('items a user', before.eventsPerUser, now.eventsPerUser, 'numbers', limits)),
    ...groupDrift(before, now, limits),
    ...associations.flatMap(([kind, text]) => associationKept(kind, text, before, now, limits)),
  ];
}

/** All reasons in one sentence; empty when nothing failed. */
export const failuresIn = (checks: readonly QualityCheck[]): string =>
  checks
    .filter(({ verdict }) => verdict === 'failed')
    .map(({ text }) => text)
    .join('; ');

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const percent = (value: number): string => `${(100 * value).toFixed(value < 0.01 ? 2 : 1)} %`;

function duplicates({ duplicates: found, interactions }: DataSummary): QualityCheck {
  const text = `${found} of ${interactions} rows repeat a user and item`;
  return { name: 'duplicates', value: found, limit: 0, verdict: found > 0 ? 'failed' : 'passed', text };
}

function ranges({ outOfRange, interactions }: DataSummary, { outOfRangeMax }: QualityLimits): QualityCheck[] {
  return Object.entries(outOfRange).map(([column, rows]) => {
    const value = share(rows, interactions);
    const text = `${column} out of range in ${rows} of ${interactions} rows (${percent(value)})`;
    const verdict = value > outOfRangeMax ? 'failed' : rows > 0 ? 'watch' : 'passed';
    return { name: `${column} in range`, value, limit: outOfRangeMax, verdict, text };
  });
}

function rowsKept(now: DataSummary, before: DataSummary, { rowsKeptMin }: QualityLimits): QualityCheck {
  const value = share(now.interactions, before.interactions);
  const text = `${now.interactions} interactions, ${before.interactions} the last time (${percent(value)})`;
  return { name: 'rows kept', value, limit: rowsKeptMin, verdict: value < rowsKeptMin ? 'failed' : 'passed', text };
}

function withoutDetails(kind: string, before: number, now: number, { detailsRiseMax }: QualityLimits): QualityCheck {
  const value = now - before;
  const text = `${kind} without details: ${percent(now)}, ${percent(before)} the last time`;
  const verdict = value > detailsRiseMax ? 'failed' : value > detailsRiseMax / 2 ? 'watch' : 'passed';
  return { name: `${kind} without details`, value, limit: detailsRiseMax, verdict, text };
}

function drift(
  name: string,
  before: readonly number[],
  now: readonly number[],
  kind: 'numbers' | 'kinds',
  limits: QualityLimits,
): QualityCheck {
  const rows = Math.min(...[before, now].map((counts) => counts.reduce((sum, count) => sum + count, 0)));
  const [measure, value, limit] = distance(before, now, rows < limits.smallRows ? 'few' : kind, limits);
  const verdict = value > limit ? 'failed' : value > limit * watchShare ? 'watch' : 'passed';
  const text = `${name} drifted: ${measure} ${value.toFixed(3)}, at most ${limit.toFixed(3)}`;
  return { name: `drift of ${name}`, value, limit, verdict, text };
}

/** PSI is said to be worth a look from 0.1 on where 0.25 calls for action. */
const watchShare = 0.4;

function distance(
  before: readonly number[],
  now: readonly number[],
  kind: 'numbers' | 'kinds' | 'few',
  limits: QualityLimits,
): [string, number, number] {
  if (kind === 'numbers') return ['PSI', stabilityIndex(before, now), limits.psiMax];
  if (kind === 'kinds') return ['Cramér’s V', cramersV(before, now), limits.effectMax];
  return ['total variation', totalVariation(before, now), limits.effectMax + 2 * chanceVariation(before, now)];
}

/** Of users whose group is known in both: details that come in later are no drift of the people. */
function groupDrift(before: DataSummary, now: DataSummary, limits: QualityLimits): QualityCheck[] {
  const [then, present] = [before.groups.slice(1), now.groups.slice(1)];
  const known = [then, present].every((groups) => groups.some((count) => count > 0));
  return known ? [drift('groups', then, present, 'kinds', limits)] : [];
}

const atMostWatch = (check: QualityCheck): QualityCheck =>
  check.verdict === 'failed' ? { ...check, verdict: 'watch' } : check;

const associations: [Association, string][] = [
  ['minutesByItem', 'minutes and items'],
  ['minutesByUser', 'minutes and users'],
  ['ratingByItem', 'ratings and items'],
  ['ratingByUser', 'ratings and users'],
];

/** A column whose values were dealt anew keeps its histogram and loses what it had to do with the others. */
function associationKept(
  kind: Association,
  what: string,
  before: DataSummary,
  now: DataSummary,
  { associationKeptMin }: QualityLimits,
): QualityCheck[] {
  const [then, present] = [before.associations[kind], now.associations[kind]];
  if (then === null || present === null || then < associationFrom) return [];
  const value = present / then;
  const text = `${what} have less to do with each other: ε² ${present.toFixed(3)}, ${then.toFixed(3)} the last time`;
  const verdict = value < associationKeptMin ? 'failed' : 'passed';
  return [{ name: `association of ${what}`, value, limit: associationKeptMin, verdict, text }];
}

/** A weaker one may come and go by chance. */
const associationFrom = 0.03;
