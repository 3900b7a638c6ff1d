import { summarise } from '@reelay/recommender';
import { modelNames, type Evaluation, type ModelName } from './evaluate-data.ts';

/** The four figures by which models are told apart; null where there is none. */
export interface Headline {
  rmse: number | null;
  mae: number | null;
  'ndcg@10': number | null;
  'recall@20': number | null;
}

export type Headlines = Record<ModelName, Headline> & { seconds: number };

/** One object for programs: the figures of the three models, and how long training and evaluation took. */
export function headlinesOf({ outcomes, seconds }: Evaluation): Headlines {
  const [served, biasOnly, popularity] = modelNames.map((name) => headlineOf(summarise(outcomes[name])));
  return { served, 'bias-only': biasOnly, popularity, seconds: +seconds.toFixed(3) };
}

const headlineOf = (summary: ReturnType<typeof summarise>): Headline => ({
  rmse: summary.rmse,
  mae: summary.mae,
  'ndcg@10': summary['ndcg@10'] ?? null,
  'recall@20': summary['recall@20'] ?? null,
});

/** The same as a table. */
export function headlineText(evaluation: Evaluation): string {
  const headlines = headlinesOf(evaluation);
  const figures = ['rmse', 'mae', 'ndcg@10', 'recall@20'] as const;
  const line = (cells: string[]) => cells.map((cell, at) => (at === 0 ? cell.padEnd(12) : cell.padStart(10))).join('');
  const { train, test, splitKind } = evaluation;
  const count = (value: number) => value.toLocaleString('en');
  return [
    line(['', ...figures]),
    ...modelNames.map((name) => line([name, ...figures.map((figure) => headlines[name][figure]?.toFixed(4) ?? '–')])),
    `\n${count(train.rating.length)} rows learnt from, ${count(test.rating.length)} tested${splitKind ? ` (${splitKind})` : ''}, ${headlines.seconds.toFixed(1)} s`,
  ].join('\n');
}
