import {
  addItemScores,
  buildInteractions,
  defaultEase,
  defaultObjective,
  rowsByUser,
  scoreItems,
  standardise,
  trainEase,
  trainImplicitAlsAsync,
  type EvaluatedModel,
  type Interactions,
  type ModelMaker,
  type RatingTable,
} from '@reelay/recommender';

/** What can be chosen on a validation slice. */
export interface RankingSettings {
  factors: number;
  sweeps: number;
  alpha0: number;
  regularisation: number;
  /** λ on the diagonal of the item weights. */
  easeRidge: number;
  /** Share of the item weights' z-scores in a list; the rest is that of the factors. */
  easeShare: number;
}

export const defaultRankingSettings: RankingSettings = {
  factors: 64,
  sweeps: 8,
  alpha0: 0.2,
  regularisation: 0.01,
  easeRidge: 500,
  easeShare: 0.3,
};

export interface RankingMakerSettings {
  seed: number;
  ranking?: RankingSettings;
  onProgress?: (step: string, done: number) => void;
}

/** Lists: implicit ALS and EASE on every row as one positive, blended by z-score. */
export const rankingMaker = ({
  seed,
  ranking = defaultRankingSettings,
  onProgress,
}: RankingMakerSettings): ModelMaker => ({
  name: 'blend',
  async make(table) {
    const interactions = buildInteractions(positives(table), table);
    const parts = [
      { share: 1 - ranking.easeShare, scoresOf: await factorScores(interactions, seed, ranking, onProgress) },
      { share: ranking.easeShare, scoresOf: itemScores(interactions, table, ranking, onProgress) },
    ];
    return blend(parts, table.items);
  },
});

type ScoresOf = (user: number) => Float64Array;

async function factorScores(
  interactions: Interactions,
  seed: number,
  { factors, sweeps, alpha0, regularisation }: RankingSettings,
  onProgress?: (step: string, done: number) => void,
): Promise<ScoresOf> {
  const objective = { ...defaultObjective, alpha0, regularisation };
  const tell = ({ rowsDone, rowsTotal }: { rowsDone: number; rowsTotal: number }) =>
    onProgress?.('factors', rowsDone / rowsTotal);
  const trained = await trainImplicitAlsAsync(interactions, { factors, sweeps, seed, objective, onProgress: tell });
  const scores = new Float64Array(interactions.items);
  return (user) => {
    const vector = Float64Array.from(trained.userFactors.subarray(user * factors, (user + 1) * factors));
    scoreItems(trained.itemFactors, vector, scores);
    return scores;
  };
}

function itemScores(
  interactions: Interactions,
  table: RatingTable,
  { easeRidge }: RankingSettings,
  onProgress?: (step: string, done: number) => void,
): ScoresOf {
  onProgress?.('item weights', 0);
  const weights = trainEase(interactions, { ...defaultEase, ridge: easeRidge });
  const { start, rows } = rowsByUser(table);
  const sums = new Float32Array(table.items);
  const scores = new Float64Array(table.items);
  return (user) => {
    sums.fill(0);
    const seen = new Set(Array.from(rows.subarray(start[user], start[user + 1]), (row) => table.item[row]));
    addItemScores(weights, Array.from(seen, (index) => ({ index, value: 1 })), sums); // prettier-ignore
    scores.set(sums);
    return scores;
  };
}

function blend(parts: readonly { share: number; scoresOf: ScoresOf }[], items: number): EvaluatedModel {
  const mixed = new Float64Array(items);
  return {
    name: 'blend',
    scoresOf(user) {
      mixed.fill(0);
      for (const { share, scoresOf } of parts) {
        const scores = scoresOf(user);
        standardise(scores);
        for (let at = 0; at < items; at += 1) mixed[at] += share * scores[at];
      }
      return mixed;
    },
  };
}

function* positives({ user, item }: RatingTable) {
  for (let row = 0; row < user.length; row += 1) yield { user: user[row], item: item[row], confidence: 1 };
}
