import { z } from 'zod';
import { addUserTo, noUserSums, userSums } from './user-sums.ts';

/**
 * Means of the candidate and of the live model over the same held-out users, and the sums of the differences, candidate minus live: with them the
 * difference has an interval with the user as its unit.
 */
const pairedFigure = z.object({ candidate: z.number(), live: z.number(), difference: userSums });
export type PairedFigure = z.infer<typeof pairedFigure>;

/** `ndcg` by user; `squaredError` by rating (its root is the RMSE). Null where nobody had one. */
const pairedFigures = z.object({ ndcg: pairedFigure.nullable(), squaredError: pairedFigure.nullable() });
export type PairedFigures = z.infer<typeof pairedFigures>;

/** A candidate beside the model that was live when it was trained, on the same hold-out, overall and by user group. */
export const liveComparison = z.object({
  /** Version of the live model. */
  live: z.string(),
  overall: pairedFigures,
  /** By name, such as `gender=F` or `age=25-34`. */
  groups: z.record(z.string(), pairedFigures),
});
export type LiveComparison = z.infer<typeof liveComparison>;

/** One held-out user under one model; `ndcg` is null without a relevant item. */
export interface UserFigures {
  ndcg: number | null;
  squaredErrors: number;
}

export interface ComparedUser {
  groups: string[];
  ratings: number;
  candidate: UserFigures;
  live: UserFigures;
}

/** The comparison of two models from what each did for each held-out user. */
export function compareByUser(live: string, users: Iterable<ComparedUser>): LiveComparison {
  const overall = new PairedTotals();
  const groups = new Map<string, PairedTotals>();
  for (const user of users) {
    overall.add(user);
    for (const name of user.groups) {
      const group = groups.get(name) ?? new PairedTotals();
      groups.set(name, group);
      group.add(user);
    }
  }
  const byName = [...groups].map(([name, totals]) => [name, totals.figures()] as const);
  return { live, overall: overall.figures(), groups: Object.fromEntries(byName) };
}

class PairedTotals {
  readonly #ndcg = new PairedTotal();
  readonly #squaredError = new PairedTotal();

  add({ ratings, candidate, live }: ComparedUser): void {
    if (candidate.ndcg !== null && live.ndcg !== null) this.#ndcg.add(1, candidate.ndcg, live.ndcg);
    if (ratings > 0) this.#squaredError.add(ratings, candidate.squaredErrors, live.squaredErrors);
  }

  figures(): PairedFigures {
    return { ndcg: this.#ndcg.figure(), squaredError: this.#squaredError.figure() };
  }
}

class PairedTotal {
  #candidate = 0;
  #live = 0;
  readonly #sums = noUserSums();

  add(n: number, candidate: number, live: number): void {
    this.#candidate += candidate;
    this.#live += live;
    addUserTo(this.#sums, n, candidate - live);
  }

  figure(): PairedFigure | null {
    const { n } = this.#sums;
    if (n === 0) return null;
    return { candidate: this.#candidate / n, live: this.#live / n, difference: { ...this.#sums } };
  }
}
