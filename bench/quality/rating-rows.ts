import { defaultRatingSettings, type ChainSettings, type RatingData } from '../../packages/recommender/src/index.ts';
import { trainRatingsInThreads } from '../../services/trainer/src/rating/train-ratings-in-threads.ts';
import { createDraws } from './rating-splits.ts';
import { readFold, readMovieLens, type MovieLens, type RatedRow } from './rating-movielens.ts';
import type { QualityRow, QualityRun } from './quality-row.ts';

const threads = 2;

/** Trains on some rows and predicts others. */
async function rmseOf(
  set: MovieLens,
  train: readonly RatedRow[],
  test: readonly RatedRow[],
  { chains, seed }: { chains: readonly ChainSettings[]; seed: number },
  tell: (progress: string) => void,
): Promise<QualityRun> {
  const begun = performance.now();
  const columns = columnsOf(train);
  const { users, items, userFeatures, itemFeatures } = set;
  const known = { users, items, userFeatures, itemFeatures };
  const data: RatingData = { ...known, ...columns, scale: { min: 1, max: 5 }, asked: columnsOf(test) };
  const settings = { ...defaultRatingSettings, chains, seed };
  const model = await trainRatingsInThreads(data, settings, {
    threads,
    onProgress: ({ chain, sweep, sweeps }) => sweep % 50 === 0 && tell(`chain ${chain}: ${sweep} of ${sweeps}`),
  });
  const squares = test.reduce((sum, [, , rating], at) => sum + (rating - model.asked[at]) ** 2, 0);
  const shape = chains.map(({ factors, sweeps }) => `${factors}×${sweeps}`).join(' + ');
  return {
    value: Math.sqrt(squares / test.length),
    seconds: (performance.now() - begun) / 1000,
    configuration: `chains ${shape}, factor share ${model.factorShare.toFixed(3)}, ${threads} threads, seed ${seed}`,
  };
}

const columnsOf = (rows: readonly RatedRow[]) => ({
  user: Int32Array.from(rows, ([user]) => user),
  item: Int32Array.from(rows, ([, item]) => item),
  rating: Float32Array.from(rows, ([, , rating]) => rating),
});

/** The mean over folds, and the seconds of all of them. */
function meanOf(runs: readonly QualityRun[]): QualityRun {
  const mean = runs.reduce((sum, { value }) => sum + value / runs.length, 0);
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  return {
    value: mean,
    seconds,
    configuration: `${runs[0].configuration}; folds ${runs.map(({ value }) => value.toFixed(4)).join(' ')}`,
  };
}

async function inTurn<T>(
  folds: readonly T[],
  run: (fold: T) => Promise<QualityRun>,
  tell: (progress: string) => void,
): Promise<QualityRun> {
  const runs: QualityRun[] = [];
  for (const fold of folds) {
    const one = await run(fold);
    tell(`fold ${String(fold)}: ${one.value.toFixed(4)} in ${one.seconds.toFixed(0)} s`);
    runs.push(one);
  }
  return meanOf(runs);
}

/** ml-100k, the published folds u1 … u5. */
const smallFolds = (chains: readonly ChainSettings[]): QualityRow['run'] => {
  return (seed, tell) => {
    const set = readMovieLens('ml-100k');
    const run = (fold: number) =>
      rmseOf(set, readFold(`u${fold}.base`), readFold(`u${fold}.test`), { chains, seed }, tell);
    return inTurn([1, 2, 3, 4, 5], run, tell);
  };
};

/** ml-1m, a tenth of the ratings drawn by the seed. */
const millionTenth = (chains: readonly ChainSettings[]): QualityRow['run'] => {
  return (seed, tell) => {
    const set = readMovieLens('ml-1m');
    const parts = createDraws(seed).parts(set.rows, 10);
    return rmseOf(set, parts.slice(1).flat(), parts[0], { chains, seed }, tell);
  };
};

/** ml-1m, five folds drawn by the seed. */
const millionFolds = (chains: readonly ChainSettings[]): QualityRow['run'] => {
  return (seed, tell) => {
    const set = readMovieLens('ml-1m');
    const parts = createDraws(seed).parts(set.rows, 5);
    const run = (fold: number) => {
      const train = parts.filter((_, part) => part !== fold).flat();
      return rmseOf(set, train, parts[fold], { chains, seed }, tell);
    };
    return inTurn([0, 1, 2, 3, 4], run, tell);
  };
};

const chainsOf = (...shapes: readonly (readonly [factors: number, sweeps: number])[]): ChainSettings[] =>
  shapes.map(([factors, sweeps]) => ({ factors, sweeps }));

/** Error of predicted ratings in points: lower is better. */
const row = (name: string, accept: number, goal: number, run: QualityRow['run']): QualityRow => ({
  name,
  measure: 'RMSE',
  better: 'lower',
  accept,
  goal,
  run,
});

export const ratingRows: readonly QualityRow[] = [
  row('ml-100k-rmse', 0.882, 0.876, smallFolds(chainsOf([19, 80], [19, 80]))),
  row('ml-1m-rmse', 0.819, 0.811, millionTenth(chainsOf([39, 100], [39, 100]))),
  row('ml-1m-rmse-quick', 0.819, 0.819, millionTenth(chainsOf([19, 80], [23, 80]))),
  row('ml-1m-rmse-folds', 0.83, 0.823, millionFolds(chainsOf([23, 50], [23, 50]))),
];
