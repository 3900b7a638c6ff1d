import { jobResult, type JobResult } from '@reelay/shared/contracts';

/** What is wrong with the results of a job over these users; nothing where each came once, in their order, with a full list. */
export interface ResultProblems {
  missing: number[];
  doubled: number[];
  foreign: number[];
  /** With a list that is shorter than asked for, or that names an item twice, or that is not the user's own. */
  wrongList: number[];
  outOfOrder: boolean;
}

export function checkResults(userIds: readonly number[], lines: string, count: number): ResultProblems {
  const results = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => jobResult.parse(JSON.parse(line)));
  const asked = new Set(userIds);
  const found = new Map<number, number>();
  for (const { userId } of results) found.set(userId, (found.get(userId) ?? 0) + 1);
  return {
    missing: userIds.filter((userId) => !found.has(userId)),
    doubled: [...found].filter(([, times]) => times > 1).map(([userId]) => userId),
    foreign: [...found.keys()].filter((userId) => !asked.has(userId)),
    wrongList: results.filter((result) => !isFull(result, count)).map(({ userId }) => userId),
    outOfOrder: results.some(({ userId }, at) => userId !== userIds[at]),
  };
}

export const noProblems: ResultProblems = { missing: [], doubled: [], foreign: [], wrongList: [], outOfOrder: false };

const isFull = ({ items, outcome }: JobResult, count: number): boolean =>
  outcome === 'model' && items.length === count && new Set(items.map(({ id }) => id)).size === count;
