import { bootstrap, type BootstrapSettings, type Interval } from './bootstrap.ts';
import type { UserOutcome } from './evaluate-model.ts';
import type { GroupKind, UserGroup } from './user-groups.ts';

/** A figure of some users: √(Σ of) / Σ of … of what each of them adds to it. */
export interface UserFigure {
  readonly name: string;
  /** What a user adds to the numerator, and to the denominator (0: the user has no part in it). */
  readonly share: (outcome: UserOutcome) => readonly [sum: number, count: number];
  /** The mean as it is, or its root. */
  readonly of: (mean: number) => number;
}

/** NDCG@k: each user with a relevant item and a list weighs the same. */
export const ndcgFigure = (k: number): UserFigure => ({
  name: `ndcg@${k}`,
  share: ({ relevant, list, figures }) => (relevant.size > 0 && list.length > 0 ? [figures.get(k)!.ndcg, 1] : [0, 0]),
  of: (mean) => mean,
});

/** Recall@k, the same way. */
export const recallFigure = (k: number): UserFigure => ({
  ...ndcgFigure(k),
  name: `recall@${k}`,
  share: ({ relevant, list, figures }) => (relevant.size > 0 && list.length > 0 ? [figures.get(k)!.recall, 1] : [0, 0]),
});

/** RMSE: each test row weighs the same, users are what is drawn. */
export const rmseFigure: UserFigure = { name: 'rmse', share: ({ squares, rated }) => [squares, rated], of: Math.sqrt };
export const maeFigure: UserFigure = { name: 'mae', share: ({ absolutes, rated }) => [absolutes, rated], of: (mean) => mean }; // prettier-ignore

export interface GroupFigure extends Interval {
  readonly kind: GroupKind | 'all';
  readonly group: string;
  readonly figure: string;
  readonly users: number;
}

/** The figure of all users and of each group, with its interval over users. Groups in which nobody has a part in it are left out. */
export function groupFigures(
  outcomes: readonly UserOutcome[],
  groups: readonly UserGroup[],
  figure: UserFigure,
  settings?: BootstrapSettings,
): GroupFigure[] {
  const shares = outcomes.map(figure.share);
  const all = { kind: 'all' as const, name: 'all', members: outcomes.map((_, place) => place) };
  return [all, ...groups].flatMap(({ kind, name, members }) => {
    const own = members.filter((place) => shares[place][1] > 0);
    if (own.length === 0) return [];
    const interval = bootstrap(own.length, (sample) => figureOf(figure, shares, own, sample), settings);
    return [{ kind, group: name, figure: figure.name, users: own.length, ...interval }];
  });
}

function figureOf(
  { of }: UserFigure,
  shares: readonly (readonly [number, number])[],
  members: readonly number[],
  sample: Int32Array,
): number {
  let sum = 0;
  let count = 0;
  for (const at of sample) {
    const [own, weight] = shares[members[at]];
    sum += own;
    count += weight;
  }
  return of(sum / count);
}

export interface FairnessGap {
  readonly kind: GroupKind;
  readonly figure: string;
  /** Largest minus smallest value of the groups of this kind. */
  readonly gap: number;
  readonly best: string;
  readonly worst: string;
  /** Whether the intervals of the two do not meet: a gap that few draws would explain. */
  readonly apart: boolean;
}

/** max_g − min_g by kind of group (Ekstrand et al. 2018); kinds with fewer than two groups have none. `better`: which end is the good one. */
export function fairnessGaps(figures: readonly GroupFigure[], better: 'larger' | 'smaller'): FairnessGap[] {
  const kinds = Map.groupBy(figures, ({ kind }) => kind);
  return [...kinds].flatMap(([kind, own]) => {
    if (kind === 'all' || own.length < 2) return [];
    const sorted = own.toSorted((a, b) => a.value - b.value);
    const [low, high] = [sorted[0], sorted[sorted.length - 1]];
    const [best, worst] = better === 'larger' ? [high, low] : [low, high];
    return [{ kind, figure: low.figure, gap: high.value - low.value, best: best.group, worst: worst.group, apart: low.high < high.low }]; // prettier-ignore
  });
}
