import type { UserOutcome } from './evaluate-model.ts';
import type { ListFigures } from './list-figures.ts';

/** Means over users (lists) and over rows (ratings); null where there was none. */
export interface Summary {
  readonly users: number;
  readonly rows: number;
  readonly rmse: number | null;
  readonly mae: number | null;
  /** `ndcg@10`, `recall@20`, … */
  readonly [figure: `${string}@${number}`]: number | null;
}

const names: readonly (readonly [string, keyof ListFigures])[] = [
  ['ndcg', 'ndcg'],
  ['recall', 'recall'],
  ['hr', 'hit'],
  ['mrr', 'reciprocalRank'],
  ['precision', 'precision'],
];

/** Figures of lists: each user with a relevant item weighs the same. RMSE and MAE: each test row weighs the same. */
export function summarise(outcomes: readonly UserOutcome[]): Summary {
  const listed = outcomes.filter(({ relevant, list }) => relevant.size > 0 && list.length > 0);
  const sum = (of: (outcome: UserOutcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const rows = sum(({ rated }) => rated);
  const figures: Record<string, number | null> = {};
  for (const k of outcomes[0]?.figures.keys() ?? []) {
    for (const [name, key] of names) figures[`${name}@${k}`] = meanOf(listed, ({ figures: own }) => own.get(k)![key]);
  }
  return {
    users: listed.length,
    rows,
    rmse: rows === 0 ? null : Math.sqrt(sum(({ squares }) => squares) / rows),
    mae: rows === 0 ? null : sum(({ absolutes }) => absolutes) / rows,
    ...figures,
  };
}

const meanOf = (outcomes: readonly UserOutcome[], of: (outcome: UserOutcome) => number): number | null =>
  outcomes.length === 0 ? null : outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length;
