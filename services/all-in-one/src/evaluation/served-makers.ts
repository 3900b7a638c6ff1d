import {
  buildInteractions,
  defaultObjective,
  scoreItems,
  trainImplicitAlsAsync,
  type EvaluatedModel,
  type ModelMaker,
  type RatingTable,
} from '@reelay/recommender';

export interface MakerSettings {
  seed: number;
  threads: number;
  onProgress?: (step: string, done: number) => void;
}

/** Lists: implicit ALS on every row as one positive. */
export const rankingMaker = ({ seed, onProgress }: MakerSettings): ModelMaker => ({
  name: 'ials',
  async make(table: RatingTable): Promise<EvaluatedModel> {
    const factors = 64;
    const interactions = buildInteractions(positives(table), table);
    const objective = { ...defaultObjective, alpha0: 0.2, regularisation: 0.01 };
    const { itemFactors, userFactors } = await trainImplicitAlsAsync(interactions, {
      factors,
      sweeps: 8,
      seed,
      objective,
      onProgress: ({ rowsDone, rowsTotal }) => onProgress?.('lists', rowsDone / rowsTotal),
    });
    const scores = new Float64Array(table.items);
    return {
      name: 'ials',
      scoresOf(user) {
        scoreItems(itemFactors, Float64Array.from(userFactors.subarray(user * factors, (user + 1) * factors)), scores);
        return scores;
      },
    };
  },
});

function* positives({ user, item }: RatingTable) {
  for (let row = 0; row < user.length; row += 1) yield { user: user[row], item: item[row], confidence: 1 };
}
