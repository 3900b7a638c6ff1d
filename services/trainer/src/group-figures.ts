import { bootstrapMean, type Interval } from '@reelay/recommender';
import type { UserRanking } from './evaluate-model.ts';
import { groupNames } from './groups-of-user.ts';

/** NDCG@10 of one group of users, 95 % of the bootstrap draws within. */
export interface GroupFigure {
  readonly group: string;
  readonly users: number;
  readonly ndcg: Interval;
}

/** By group, everybody first; a user is in every group that fits. */
export function groupFigures(users: readonly UserRanking[]): GroupFigure[] {
  const values = new Map<string, number[]>([['everybody', []]]);
  for (const { group, ndcg } of users) {
    for (const name of ['everybody', ...groupNames(group)]) {
      const figures = values.get(name) ?? [];
      figures.push(ndcg);
      values.set(name, figures);
    }
  }
  return [...values]
    .filter(([, figures]) => figures.length > 0)
    .map(([group, figures]) => ({ group, users: figures.length, ndcg: bootstrapMean(figures) }));
}
