import { generateHistory, type HistoryOptions } from './generate-history.ts';
import {
  holdOut,
  meanNdcg,
  rankAtRandom,
  rankByPopularity,
  rankByTruth,
  watchedOfLists,
  type Ranker,
} from './oracle.ts';
import type { Population } from './population.ts';

/** What a ranking reaches: NDCG@10 on the newest 20 % of each user, and the share of lists of 20 from which something is watched. */
export interface Reach {
  ndcgAt10: number;
  watchRate: number;
}

export interface Truth {
  viewings: number;
  users: number;
  oracle: Reach;
  popularity: Reach;
  random: Reach;
}

export interface FirstMinute {
  userId: number;
  movieId: string;
  time: number;
}

/** The first minute of every viewing of a history, in order of time; dirty lines are left out. */
export function* viewingsOf(population: Population, options: HistoryOptions): Generator<FirstMinute> {
  for (const { line, time, dirty } of generateHistory(population, options)) {
    if (dirty || !line.endsWith('/0.mpg')) continue;
    const [, userId, path] = line.split(',');
    yield { userId: Number(userId), movieId: path.slice('GET /data/m/'.length, -'/0.mpg'.length), time };
  }
}

/** The best that can be reached on a history, and what is reached without knowing anybody. */
export function measureTruth(population: Population, options: HistoryOptions): Truth {
  const cases = holdOut(viewingsOf(population, options));
  const reach = (rank: Ranker): Reach => ({
    ndcgAt10: meanNdcg(cases, rank),
    watchRate: cases.length === 0 ? 0 : watchedOfLists(population, cases, rank) / cases.length,
  });
  return {
    viewings: cases.reduce((sum, { seen, relevant }) => sum + seen.length + relevant.length, 0),
    users: cases.length,
    oracle: reach(rankByTruth(population)),
    popularity: reach(rankByPopularity(population, cases)),
    random: reach(rankAtRandom(population, population.seed)),
  };
}

/** `measureTruth` as a table for people. */
export function truthReport(population: Population, options: HistoryOptions): string {
  const truth = measureTruth(population, options);
  return [
    `${truth.viewings} viewings by ${truth.users} users; the newest 20 % of each are to be foretold`,
    `${'list by'.padEnd(12)}${'NDCG@10'.padStart(9)}${'watch rate'.padStart(12)}`,
    row('oracle', truth.oracle),
    row('popularity', truth.popularity),
    row('random', truth.random),
  ].join('\n');
}

const row = (name: string, { ndcgAt10, watchRate }: Reach): string =>
  `${name.padEnd(12)}${ndcgAt10.toFixed(4).padStart(9)}${watchRate.toFixed(3).padStart(12)}`;
