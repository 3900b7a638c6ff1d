import type { Availability, RequestFigures } from './availability.ts';
import type { GradingWindows } from './grading-windows.ts';

const columns = ['requests', 'ok', 'available', 'p50', 'p95', 'p99', 'minutes down'];
const hourMs = 3_600_000;

/** A table for people: one row an hour, then the whole, then what a submission is graded by. */
export function availabilityText(whole: Availability, windows?: GradingWindows): string {
  const rows = [
    ['hour (UTC)', ...columns],
    ...hourRows(whole),
    ['all', ...cells(whole)],
    ...(windows ? windowRows(windows) : []),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const table = rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))),
  );
  return [
    ...table.map((row) => row.join('  ').trimEnd()),
    '',
    `${count(whole.distinctLists)} different lists in ${count(whole.requests)} requests: ${percent(whole.personalisedShare)} personalised`,
    ...whole.versions.map(versionText),
    'Latencies in ms, nearest rank, over lines with status 200. A minute is down when it has requests and none with status 200.',
  ].join('\n');
}

const versionText = ({
  modelVersion,
  requests,
  availability,
  personalisedShare,
}: Availability['versions'][number]): string =>
  `  ${modelVersion ?? 'no receipt, or no model'}: ${count(requests)} requests, ${percent(availability)} available, ${percent(personalisedShare)} personalised`;

/** Hours without requests say nothing about availability; they are shown as a gap. */
function hourRows({ hours }: Availability): string[][] {
  return hours.flatMap(({ hour, ...figures }, at) => {
    const missing = at === 0 ? 0 : Math.round((Date.parse(hour) - Date.parse(hours[at - 1].hour)) / hourMs) - 1;
    const row = [hour.slice(0, 16).replace('T', ' '), ...cells(figures)];
    return missing > 0 ? [[`  ${count(missing)} h without requests`], row] : [row];
  });
}

const windowRows = ({ before, after, both }: GradingWindows): string[][] => [
  ['72 h before', ...cells(before)],
  ['96 h after', ...cells(after)],
  ['both', ...cells(both)],
];

const cells = ({ requests, ok, availability, p50Ms, p95Ms, p99Ms, minutesDown }: RequestFigures): string[] => [
  count(requests),
  count(ok),
  percent(availability),
  ...[p50Ms, p95Ms, p99Ms].map((ms) => (ms === null ? '–' : count(ms))),
  count(minutesDown),
];

const count = (value: number): string => value.toLocaleString('en');
const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(2)} %`);
