import { blendScores, chooseWeights } from '../ranking/blend.ts';
import { topK } from '../top-k.ts';
import { popularityModel } from './baseline-models.ts';
import type { EvaluatedModel, ListMaker, ListPart } from './evaluated-model.ts';
import { isBetter, meanOf } from './is-better.ts';
import { listFigures } from './list-figures.ts';
import { itemsSeen, relevantItems, rowsByUser, runOf, type RatingTable } from './rating-table.ts';
import type { Trial } from './trial.ts';
import type { ValidationSplit } from './validation-split.ts';

/** Share of each part's z-scores in a list, by name; `popularity` is one of them. They sum to 1. */
export type ListShares = Readonly<Record<string, number>>;

export interface ListChoice {
  readonly shares: ListShares;
  /** NDCG@10 of the best shares on the validation slice; 0 where no user of it has a relevant item. */
  readonly figure: number;
  readonly trials: readonly Trial[];
}

const popularityName = 'popularity';
export const popularityAlone: ListShares = { [popularityName]: 1 };

/** Shares are tried in fifths, on so many users at most: their standard error is that of the choice. */
const steps = 5;
const usersMax = 600;

/**
 * Chooses on a validation slice of the training rows how much each part counts beside popularity, by NDCG@10. What does not beat popularity there by more than
 * chance is not served, so that on sparse or later data nothing shall be worse.
 */
export async function chooseLists(
  slice: ValidationSplit,
  maker: ListMaker | undefined,
  relevantFrom?: number,
): Promise<ListChoice> {
  if (maker === undefined) return { shares: popularityAlone, figure: 0, trials: [] };
  const { train, kind } = slice;
  const started = performance.now();
  // Popularity last: of equal shares the first is taken, and that is popularity's whole.
  const parts = [...(await maker.make(train, { purpose: 'trial', kind })), popularityPart(train)];
  const seconds = (performance.now() - started) / 1_000;
  const users = validationUsers(slice, relevantFrom).map((user) => ({ ...user, scores: parts.map(({ scoresOf }) => Float32Array.from(scoresOf(user.user))) })); // prettier-ignore
  const out = new Float32Array(train.items);
  const figuresOf = (weights: readonly number[]): number[] =>
    users.map(({ seen, relevant, scores }) => {
      blendScores(scores.map((own, at) => ({ scores: own, weight: weights[at] })), seen, out); // prettier-ignore
      return listFigures(topK(out, 10, seen).map(({ index }) => index), relevant, 10).ndcg; // prettier-ignore
    });
  const { best, trials } = chooseWeights(parts.length, steps, (weights) => meanOf(figuresOf(weights)));
  const floor = parts.map(({ name }) => (name === popularityName ? 1 : 0));
  const taken = isBetter(figuresOf(best.weights), figuresOf(floor)) ? best.weights : floor;
  const named = (weights: readonly number[]) => Object.fromEntries(parts.map(({ name }, at) => [name, weights[at]]));
  return {
    shares: named(taken),
    figure: meanOf(figuresOf(taken)),
    trials: trials.map(({ weights, figure }) => ({ name: 'lists', settings: named(weights), figure: 'ndcg@10', value: figure, seconds })), // prettier-ignore
  };
}

/** Users of the slice with something to find, evenly spaced over all of them. */
function validationUsers({ train, test }: ValidationSplit, relevantFrom?: number) {
  const known = rowsByUser(train);
  const asked = rowsByUser(test);
  const all = Array.from({ length: train.users }, (_, user) => {
    const seen = itemsSeen(train, runOf(known, user));
    return { user, seen, relevant: () => relevantItems({ test, relevantFrom }, runOf(asked, user), seen) };
  }).filter(({ user }) => asked.start[user] < asked.start[user + 1] && known.start[user] < known.start[user + 1]);
  const step = Math.max(1, all.length / usersMax);
  return Array.from({ length: Math.min(usersMax, all.length) }, (_, at) => all[Math.floor(at * step)])
    .map(({ user, seen, relevant }) => ({ user, seen, relevant: relevant() }))
    .filter(({ relevant }) => relevant.size > 0);
}

/** Learns the parts that count from the whole table; `cold`: what users without a row get, see `chooseCold`. */
export async function makeLists(
  table: RatingTable,
  { lists: shares, cold }: { readonly lists: ListShares; readonly cold: string },
  maker: ListMaker | undefined,
): Promise<EvaluatedModel> {
  const wanted = Object.keys(shares).filter((name) => name !== popularityName && shares[name] > 0);
  const parts = wanted.length > 0 && maker ? await maker.make(table, { purpose: 'final', wanted }) : [];
  const forCold = cold === popularityName ? undefined : maker?.makeCold?.(table);
  return blendLists([...parts, popularityPart(table)], shares, table, forCold);
}

/** Σ share·z(part), z over what the user has not seen; who has no row in the table gets `cold`, else popularity. */
export function blendLists(
  parts: readonly ListPart[],
  shares: ListShares,
  table: RatingTable,
  cold?: ListPart,
): EvaluatedModel {
  const popular = popularityModel(table).scoresOf!(0);
  const known = rowsByUser(table);
  const buffers = parts.map(() => new Float32Array(table.items));
  const out = new Float32Array(table.items);
  return {
    name: 'lists',
    parts: parts.filter(({ name }) => (shares[name] ?? 0) > 0),
    scoresOf(user) {
      const rows = runOf(known, user);
      if (rows.length === 0) return cold?.scoresOf(user) ?? popular;
      for (const [at, { name, scoresOf }] of parts.entries()) if ((shares[name] ?? 0) > 0) buffers[at].set(scoresOf(user)); // prettier-ignore
      blendScores(parts.map(({ name }, at) => ({ scores: buffers[at], weight: shares[name] ?? 0 })), itemsSeen(table, rows), out); // prettier-ignore
      return out;
    },
  };
}

const popularityPart = (table: RatingTable): ListPart => ({
  name: popularityName,
  above: 0,
  scoresOf: popularityModel(table).scoresOf!,
});
