import {
  buildInteractions,
  fitGroupChain,
  fitLifts,
  ndcgAt,
  topK,
  type Interactions,
} from '../../packages/recommender/src/index.ts';
import { createDraws } from './rating-splits.ts';
import { itemsOf } from './ranking-figures.ts';
import { rowsOfUsers, type RankedSet } from './ranking-movielens.ts';

/** What a cold user is scored by; chosen on validation users. */
export const coldModels = ['none', 'gender', '+ age', '+ occupation', 'lifts'] as const;
export type ColdModel = (typeof coldModels)[number];

/** Users of the wider group that are added to each group. */
const shrinkage = 100;
/** Exponents of the lifts. */
const exponents = { gender: 0.4, age: 0.4, occupation: 0.3, genderAge: 0.4, genderOccupation: 0.3 };

export interface ColdFigures {
  readonly ndcg: number;
  /** Largest less smallest NDCG of a gender, and of an age band. */
  readonly genderGap: number;
  readonly ageGap: number;
}

/** Five folds over users, who are new to the model: relevant are ratings of 4 and more, candidates the whole catalogue, only demographics are known. */
export function coldUsers(set: RankedSet, seed: number, model: ColdModel): ColdFigures {
  const liked = rowsOfUsers(
    set,
    set.rows.filter(({ rating }) => rating >= 4),
  );
  const figures = new Float64Array(set.users).fill(NaN);
  const folds = createDraws(seed).parts(
    Array.from({ length: set.users }, (_, user) => user),
    5,
  );
  for (const fold of folds) {
    const cold = new Set(fold);
    const train = buildInteractions(
      liked
        .flatMap((rows, user) => (cold.has(user) ? [] : rows))
        .map(({ user, item }) => ({ user, item, confidence: 1 })),
      set,
    );
    const scoreOf = fitCold(set, train, model);
    for (const user of fold) {
      const wanted = itemsOf(liked[user]);
      if (wanted.size === 0) continue;
      const list = topK(scoreOf(user), 10).map(({ index }) => index);
      figures[user] = ndcgAt(list, wanted, 10);
    }
  }
  const { gender, age } = set.codes;
  return { ndcg: meanOf(figures), genderGap: gapOf(figures, gender), ageGap: gapOf(figures, age) };
}

function fitCold(set: RankedSet, train: Interactions, model: ColdModel): (user: number) => Float32Array {
  const { gender, age, occupation } = set.codes;
  if (model === 'lifts') {
    const columns = {
      gender,
      age,
      occupation,
      genderAge: gender.map((code, user) => 100 * code + age[user]),
      genderOccupation: gender.map((code, user) => 100 * code + occupation[user]),
    };
    const attributes = Object.entries(columns).map(([name, codes]) => ({
      name,
      codes,
      exponent: exponents[name as keyof typeof exponents],
    }));
    const scoreInto = fitLifts(train, attributes, shrinkage);
    const scores = new Float32Array(set.items);
    return (user) => {
      scoreInto(
        attributes.map(({ codes }) => codes[user]),
        scores,
      );
      return scores;
    };
  }
  const depth = coldModels.indexOf(model);
  const chain = Object.entries({ gender, age, occupation })
    .slice(0, depth)
    .map(([name, codes]) => ({ name, codes }));
  const sharesOf = fitGroupChain(train, chain, shrinkage);
  return (user) => sharesOf(chain.map(({ codes }) => codes[user]));
}

const meanOf = (figures: Float64Array): number => {
  const known = figures.filter((figure) => !Number.isNaN(figure));
  return known.reduce((sum, figure) => sum + figure, 0) / known.length;
};

function gapOf(figures: Float64Array, codes: Int32Array): number {
  const means = [...new Set(codes)].map((code) => meanOf(figures.filter((_, user) => codes[user] === code)));
  return Math.max(...means) - Math.min(...means);
}
