import { standardise } from '../scores.ts';
import { popularityModel } from './baseline-models.ts';
import { mixRatings, type RatingShares } from './choose-ratings.ts';
import { evaluateModel } from './evaluate-model.ts';
import type { EvaluatedModel, MakerHints, ModelMaker } from './evaluated-model.ts';
import type { Trial } from './trial.ts';
import { rowsByUser, type RatingTable } from './rating-table.ts';
import { summarise } from './summarise.ts';
import type { ValidationSplit } from './validation-split.ts';

export interface ServedMakers {
  readonly rating?: ModelMaker | undefined;
  readonly ranking?: ModelMaker | undefined;
}

/** Share of the ranking model's z-scores in a list; the rest is that of popularity. */
const shares = [0, 0.25, 0.5, 0.75, 1] as const;

export interface ListChoice {
  readonly share: number;
  readonly trials: readonly Trial[];
}

/**
 * Chooses on a validation slice of the training rows how much of the ranking model is served beside popularity. Where it does not beat
 * popularity there, its share becomes 0, so that on sparse or later data it does no harm.
 */
export async function chooseLists(
  { train, test }: ValidationSplit,
  ranking: ModelMaker | undefined,
  relevantFrom?: number,
): Promise<ListChoice> {
  if (ranking === undefined) return { share: 0, trials: [] };
  const started = performance.now();
  const personal = await ranking.make(train, { purpose: 'trial' });
  const seconds = (performance.now() - started) / 1_000;
  const trials: Trial[] = [];
  for (const share of shares) {
    const mixed = mixWithPopularity(personal, train, share);
    const outcomes = await evaluateModel(mixed, { train, test, relevantFrom }, { ks: [10] });
    const value = summarise(outcomes)['ndcg@10'] ?? 0;
    trials.push({ name: ranking.name, settings: { share }, figure: 'ndcg@10', value, seconds });
  }
  const best = trials.reduce((most, one) => (one.value > most.value ? one : most));
  return { share: Number(best.settings.share), trials };
}

/** What is learnt from the whole table and how much of each part is served. */
export interface ServedChoice {
  readonly lists: number;
  readonly ratings: RatingShares;
}

/** Learns from the whole table what was chosen: ratings by the rating model beside its floors, lists by the ranking model beside popularity. */
export async function makeServed(
  table: RatingTable,
  { lists: share, ratings: shares }: ServedChoice,
  { rating, ranking }: ServedMakers,
  asked?: MakerHints['asked'],
): Promise<EvaluatedModel> {
  const final = { purpose: 'final' as const, ...(asked && { asked }) };
  const factors = shares.model > 0 ? await rating?.make(table, final) : undefined;
  const lists = share > 0 && ranking ? await ranking.make(table, final) : popularityModel(table);
  return {
    name: 'served',
    predictMany: mixRatings(table, factors, shares).predictMany!,
    scoresOf: mixWithPopularity(lists, table, share).scoresOf!,
  };
}

/** `share`·z(model) + (1 − `share`)·z(popularity); who has no row in the table gets popularity alone. */
export function mixWithPopularity(model: EvaluatedModel, table: RatingTable, share: number): EvaluatedModel {
  const popular = Float64Array.from(popularityModel(table).scoresOf!(0));
  standardise(popular);
  const { start } = rowsByUser(table);
  const mixed = new Float64Array(table.items);
  return {
    name: model.name,
    scoresOf(user) {
      if (start[user] === start[user + 1] || share === 0) return popular;
      mixed.set(model.scoresOf!(user));
      standardise(mixed);
      for (let at = 0; at < mixed.length; at += 1) mixed[at] = share * mixed[at] + (1 - share) * popular[at];
      return mixed;
    },
  };
}
