import { sumCandidateRecall, type MeanCandidateRecall } from '../ranking/mean-candidate-recall.ts';
import type { EvaluationTables } from './evaluate-model.ts';
import type { ListPart } from './evaluated-model.ts';
import { itemsSeen, relevantItems, rowsByUser, runOf } from './rating-table.ts';

/** Best items of each part that count as its candidates. */
export const candidatesDepth = 100;
/** On so many users at most, evenly spaced. */
const usersMax = 1_000;

/**
 * How many of the relevant items each part of a list has among its best, and all of them together: means over users with a training row, the own
 * training items left out. Undefined where there is no such user.
 */
export function listCandidates(
  parts: readonly ListPart[],
  { train, test, relevantFrom }: EvaluationTables,
  depth = candidatesDepth,
): MeanCandidateRecall<string> | undefined {
  const [known, asked] = [rowsByUser(train), rowsByUser(test)];
  const all = Array.from({ length: train.users }, (_, user) => user).filter(
    (user) => known.start[user] < known.start[user + 1] && asked.start[user] < asked.start[user + 1],
  );
  const step = Math.max(1, all.length / usersMax);
  const sum = sumCandidateRecall<string>(depth);
  for (let at = 0; at < Math.min(usersMax, all.length); at += 1) {
    const user = all[Math.floor(at * step)];
    const seen = itemsSeen(train, runOf(known, user));
    sum.add(relevantItems({ test, relevantFrom }, runOf(asked, user), seen), proposersFor(parts, user), seen);
  }
  return sum.mean();
}

function* proposersFor(parts: readonly ListPart[], user: number) {
  for (const { name, above, scoresOf } of parts) yield { source: name, scores: scoresOf(user), above };
}
