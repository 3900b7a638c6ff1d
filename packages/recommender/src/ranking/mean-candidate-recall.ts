import { candidateRecall, type CandidateRecall, type Proposer, type Source } from './sources.ts';

/** Means over users. */
export interface MeanCandidateRecall<Name extends string = Source> extends CandidateRecall<Name> {
  readonly users: number;
  readonly depth: number;
}

/** Candidate recall of one user after the other, and its mean: each user weighs the same, one who wants nothing does not count. */
export function sumCandidateRecall<Name extends string = Source>(depth: number) {
  let [users, together] = [0, 0];
  const sums = new Map<Name, number>();
  return {
    add(wanted: ReadonlySet<number>, proposers: Iterable<Proposer<Name>>, excluded: Uint8Array): void {
      if (wanted.size === 0) return;
      const own = candidateRecall(wanted, proposers, { depth, excluded });
      users += 1;
      together += own.together;
      for (const source of Object.keys(own.bySource) as Name[])
        sums.set(source, (sums.get(source) ?? 0) + own.bySource[source]!);
    },
    /** Undefined where no user counts. */
    mean(): MeanCandidateRecall<Name> | undefined {
      if (users === 0) return undefined;
      const means = [...sums].map(([source, sum]) => [source, sum / users]);
      const bySource = Object.fromEntries(means) as MeanCandidateRecall<Name>['bySource'];
      return { users, depth, together: together / users, bySource };
    },
  };
}
