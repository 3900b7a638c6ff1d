import type { GroupFigure, SearchResult } from '@reelay/recommender';
import { modelNames } from './evaluate-data.ts';
import type { EvaluationReport } from './evaluation-report.ts';
import { escapeText, intervalChart } from './interval-chart.ts';

/** The report as one HTML page that needs nothing else. */
export function reportPage(report: EvaluationReport): string {
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Evaluation</title>',
    '<style>body{font:15px sans-serif;max-width:800px;margin:2em auto;padding:0 1em}table{border-collapse:collapse;margin:1em 0}td,th{padding:3px 10px;border-bottom:1px solid #ddd;text-align:right}td:first-child,th:first-child{text-align:left}svg{max-width:100%}</style>',
    '<h1>Evaluation</h1>',
    `<p>${about(report)}</p>`,
    '<h2>Models</h2>',
    figuresTable(report),
    '<h2>Lists as a whole</h2>',
    spreadTable(report),
    '<h2>What proposes the relevant items</h2>',
    candidatesTable(report),
    '<h2>With 95 % intervals over users</h2>',
    ...['ndcg@10', 'recall@20', 'rmse'].map((figure) => allChart(report, figure)),
    '<h2>By group of users</h2>',
    ...['ndcg@10', 'rmse'].map((figure) => groupChart(report, figure)),
    '<h2>Gaps between groups</h2>',
    gapTable(report),
    '<h2>What was tried</h2>',
    trialTable(report),
    ...searchTable(report),
    '</html>\n',
  ].join('\n');
}

const count = (value: number): string => value.toLocaleString('en');
const figure = (value: number | null | undefined, digits = 4): string => (value === null || value === undefined ? '–' : value.toFixed(digits)); // prettier-ignore

const sharesText = (shares: Readonly<Record<string, number>>): string =>
  Object.entries(shares).map(([name, share]) => `${Math.round(100 * share)} % ${name}`).join(', '); // prettier-ignore

function about({ data, split, relevantFrom, choice, seconds }: EvaluationReport): string {
  const relevant =
    relevantFrom === null ? 'every test row is relevant' : `test rows from ${relevantFrom} on are relevant`;
  return `${count(data.trainRows)} rows of ${count(data.users)} users and ${count(data.items)} items to learn from, ${count(data.testRows)} to test on${split ? ` (${split})` : ''}; ${relevant}; lists over the whole catalogue. Chosen on a part of the training rows: lists of ${sharesText(choice.lists)}; ratings of ${sharesText({ model: choice.ratings.model, biases: choice.ratings.biases })}; who has no row gets lists by ${choice.cold}. ${seconds.toFixed(1)} seconds.`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p>None.</p>';
  const line = (cells: readonly string[], tag: string) => `<tr>${cells.map((cell) => `<${tag}>${escapeText(cell)}</${tag}>`).join('')}</tr>`; // prettier-ignore
  return `<table>${line(header, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table>`;
}

function figuresTable({ models }: EvaluationReport): string {
  const names = Object.keys(models.served.summary) as (keyof typeof models.served.summary)[];
  return table(
    ['', ...modelNames],
    names.map((name) => [String(name), ...modelNames.map((model) => figure(models[model].summary[name], name === 'users' || name === 'rows' ? 0 : 4))]),
  ); // prettier-ignore
}

function spreadTable({ models }: EvaluationReport): string {
  const names = ['coverage', 'gini', 'novelty', 'diversity', 'calibration'] as const;
  return table(
    ['of the first 10', ...modelNames],
    names.map((name) => [name, ...modelNames.map((model) => figure(models[model].spread[name]))]),
  );
}

function candidatesTable({ candidates }: EvaluationReport): string {
  if (candidates === null) return '<p>None.</p>';
  const { depth, users, together, bySource } = candidates;
  const rows = [...Object.entries(bySource), ['all together', together] as const];
  return table([`among its best ${depth} (${count(users)} users)`, 'served'], rows.map(([name, share]) => [name, figure(share)])); // prettier-ignore
}

function allChart({ models }: EvaluationReport, name: string): string {
  const marks = modelNames.flatMap((model, series) =>
    models[model].groups.filter((one) => one.kind === 'all' && one.figure === name).map((one) => ({ label: model, value: one.value, low: one.low, high: one.high, series })),
  ); // prettier-ignore
  return marks.length === 0 ? '' : intervalChart({ title: name, series: modelNames, marks });
}

/** Groups by one attribute; pairs stand in the JSON, since they are many. */
function groupChart({ models }: EvaluationReport, name: string): string {
  const kinds = ['all', 'gender', 'age', 'occupation'];
  const shown = (one: GroupFigure) => kinds.includes(one.kind) && one.figure === name;
  const marks = models.served.groups
    .filter(shown)
    .map((one) => ({ label: `${one.group} (${count(one.users)})`, value: one.value, low: one.low, high: one.high, series: Math.max(0, kinds.indexOf(one.kind)) })); // prettier-ignore
  return marks.length < 2 ? '' : intervalChart({ title: `served, ${name}`, series: kinds, marks });
}

const gapTable = ({ models }: EvaluationReport): string =>
  table(
    ['served', 'between', 'gap', 'best', 'worst', 'more than chance'],
    models.served.gaps.map(({ figure: name, kind, gap, best, worst, apart }) => [name, kind, figure(gap), best, worst, apart ? 'yes' : 'no']), // prettier-ignore
  );

const trialTable = ({ trials }: EvaluationReport): string =>
  table(
    ['model', 'settings', 'figure', 'on the validation part', 'seconds'],
    trials.map(({ name, settings, figure: measured, value, seconds }) => [name, Object.entries(settings).map(([key, own]) => `${key} ${own}`).join(', '), measured, figure(value), seconds.toFixed(1)]), // prettier-ignore
  );

function searchTable({ search }: EvaluationReport): string[] {
  if (search === null) return [];
  const settings = (of: object) => Object.entries(of).map(([key, own]) => `${key} ${own}`).join(', '); // prettier-ignore
  const part = (name: string, { best, trials }: SearchResult<object>, measured: string): string[] => [
    `<h2>Search of settings: ${name}</h2>`,
    `<p>Taken: ${escapeText(settings(best))}.</p>`,
    table(
      ['settings', 'effort', `${measured} on the validation part`, 'seconds'],
      trials.map((trial) => [settings(trial.settings), figure(trial.effort, 2), figure(trial.figure), trial.seconds.toFixed(1)]), // prettier-ignore
    ),
  ];
  return [...part('ratings', search.ratings, 'rmse'), ...part('lists', search.lists, 'ndcg@10')];
}
