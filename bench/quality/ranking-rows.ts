import { coldItems } from './ranking-cold-items.ts';
import { coldModels, coldUsers } from './ranking-cold.ts';
import { describeBlend, trainBlend, type BlendSettings } from './ranking-blend.ts';
import { eightOneOne } from './ranking-eight-one-one.ts';
import { rankUsers, type RankingFigures } from './ranking-figures.ts';
import { lastOfEach } from './ranking-last.ts';
import { readRankedSet, type RankedSet } from './ranking-movielens.ts';
import { fiveFolds, type RankingSplit } from './ranking-random-folds.ts';
import { drawSparseStream, measureSparse, readCourseRatings, type SparseStream } from './ranking-sparse.ts';
import { strongGeneralisation } from './ranking-strong.ts';
import type { QualityRow, QualityRun } from './quality-row.ts';
import { blends } from './ranking-settings.ts';

export interface Measured extends RankingFigures {
  readonly trainingSeconds: number;
  /** Of all threads; what else the machine does counts less here. */
  readonly trainingCpuSeconds: number;
  readonly seconds: number;
}

/** Trains on one split and ranks for its users. */
export async function measureBlend(
  set: RankedSet,
  { train, users }: RankingSplit,
  settings: BlendSettings,
  { seed, k, recallAt }: { seed: number; k: number; recallAt?: number },
): Promise<Measured> {
  const begun = performance.now();
  const used = process.cpuUsage();
  const score = await trainBlend(set, train, settings, seed);
  const trained = performance.now();
  const { user, system } = process.cpuUsage(used);
  const figures = rankUsers(score, users, { items: set.items, k, recallAt });
  const [trainingSeconds, seconds] = [trained, performance.now()].map((at) => (at - begun) / 1000);
  return { ...figures, trainingSeconds, trainingCpuSeconds: (user + system) / 1e6, seconds };
}

const runOf = (measured: Measured, value: number, settings: BlendSettings, remark = ''): QualityRun => ({
  value,
  seconds: measured.seconds,
  configuration: `${describeBlend(settings)}; training ${measured.trainingSeconds.toFixed(1)} s (CPU ${measured.trainingCpuSeconds.toFixed(1)} s), ${measured.users} users${remark}`,
});

async function runFolds(seed: number): Promise<QualityRun> {
  const set = readRankedSet('ml-100k');
  const runs: Measured[] = [];
  for (const split of fiveFolds(set, seed)) runs.push(await measureBlend(set, split, blends.small, { seed, k: 10 }));
  const sum = (read: (run: Measured) => number): number => runs.reduce((total, run) => total + read(run), 0);
  const all = {
    ...runs[0],
    seconds: sum(({ seconds }) => seconds),
    trainingSeconds: sum((run) => run.trainingSeconds),
  };
  return runOf(all, sum(({ ndcg }) => ndcg) / runs.length, blends.small, '; seconds of five folds');
}

const million = (
  settings: BlendSettings,
  split: (set: RankedSet, seed: number) => RankingSplit,
  how: { k: number; recallAt?: number },
  value: (figures: RankingFigures) => number = ({ ndcg }) => ndcg,
): QualityRow['run'] =>
  async function run(seed) {
    const set = readRankedSet('ml-1m');
    const measured = await measureBlend(set, split(set, seed), settings, { seed, ...how });
    const others = `; NDCG@${how.k} ${measured.ndcg.toFixed(4)}, recall@${how.recallAt ?? how.k} ${measured.recall.toFixed(4)}`;
    return runOf(measured, value(measured), settings, others);
  };

async function runCold(seed: number): Promise<QualityRun> {
  const begun = performance.now();
  const set = readRankedSet('ml-1m');
  const all = coldModels.map((model) => ({ model, ...coldUsers(set, seed, model) }));
  const told = all.map(
    ({ model, ndcg, genderGap, ageGap }) =>
      `${model} ${ndcg.toFixed(4)} (gaps: gender ${genderGap.toFixed(3)}, age ${ageGap.toFixed(3)})`,
  );
  return { value: all.at(-1)!.ndcg, seconds: (performance.now() - begun) / 1000, configuration: told.join('; ') };
}

const sparse = (stream: (seed: number) => SparseStream): QualityRow['run'] =>
  async function run(seed) {
    const begun = performance.now();
    const { served, popularity, users, personalShare } = await measureSparse(stream(seed), seed);
    return {
      value: served - popularity,
      seconds: (performance.now() - begun) / 1000,
      configuration: `served ${served.toFixed(4)}, popularity ${popularity.toFixed(4)}, ${users} users, personal share ${personalShare}`,
    };
  };

const lastSplit = (set: RankedSet): RankingSplit => lastOfEach(set, 'test');

/** Ranking on public data; full catalogue throughout, never a sample of it. */
export const rankingRows: readonly QualityRow[] = [
  {
    name: 'ml-100k-ndcg',
    measure: 'NDCG@10, random 5-fold, all ratings positive',
    better: 'higher',
    accept: 0.445,
    goal: 0.455,
    run: runFolds,
  },
  {
    name: 'ml-1m-ndcg',
    measure: 'NDCG@10, ratings from 3, random 8:1:1 of each user',
    better: 'higher',
    accept: 0.285,
    goal: 0.293,
    run: million(blends.million, (set, seed) => eightOneOne(set, seed, 'test'), { k: 10 }),
  },
  {
    name: 'ml-1m-strong',
    measure: 'NDCG@100, unseen users, fold-in',
    better: 'higher',
    accept: 0.429,
    goal: 0.437,
    run: million(blends.strong, (set, seed) => strongGeneralisation(set, seed, 'test'), { k: 100 }),
  },
  {
    name: 'ml-1m-last',
    measure: 'NDCG@10, last rating of each user',
    better: 'higher',
    accept: 0.055,
    goal: 0.065,
    run: million(blends.last, lastSplit, { k: 10, recallAt: 20 }),
  },
  {
    name: 'ml-1m-last-recall',
    measure: 'recall@20, last rating of each user',
    better: 'higher',
    accept: 0.185,
    goal: 0.2,
    run: million(blends.last, lastSplit, { k: 10, recallAt: 20 }, ({ recall }) => recall),
  },
  {
    name: 'ml-1m-last-unordered',
    measure: 'NDCG@10, last rating of each user, without the order of the history',
    better: 'higher',
    accept: 0.055,
    goal: 0.065,
    run: million(blends.unordered, lastSplit, { k: 10, recallAt: 20 }),
  },
  {
    name: 'ml-1m-cold',
    measure: 'NDCG@10, new users, demographics only',
    better: 'higher',
    accept: 0.418,
    goal: 0.425,
    run: runCold,
  },
  {
    name: 'ml-1m-cold-items',
    measure: 'NDCG@10 among new items, by their attributes for each user, above that for everybody alike',
    better: 'higher',
    accept: 0,
    goal: 0.1,
    run: coldItems,
  },
  {
    name: 'sparse-course',
    measure: 'NDCG@10 above popularity, newest fifth of the published course ratings, most users with one',
    better: 'higher',
    accept: 0,
    goal: 0,
    run: sparse(readCourseRatings),
  },
  {
    name: 'sparse-drawn',
    measure: 'NDCG@10 above popularity, newest fifth of a drawn stream, most users with one event',
    better: 'higher',
    accept: 0,
    goal: 0,
    run: sparse(drawSparseStream),
  },
];
