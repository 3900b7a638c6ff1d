import { rankByTruth, type Population } from '../services/simulator/src/index.ts';
import { askForText } from './ask-for-list.ts';
import { readPlainly } from './read-plainly.ts';
import type { World } from './world.ts';

/** What a user watched first and later, by the first line of each movie. */
interface Case {
  userId: number;
  seen: string[];
  later: Set<string>;
}

export interface SplitHistory {
  /** Lines without a trace of what is held out. */
  train: string[];
  cases: Case[];
}

/** Holds out the newest 20 % of each user's movies (at least one), with all lines about them. */
export function splitHistory(lines: readonly string[]): SplitHistory {
  const cases = [...firstLines(lines)].map(([userId, movies]) => {
    const inOrder = [...movies].sort((a, b) => a[1] - b[1]).map(([id]) => id);
    const from = inOrder.length - Math.max(1, Math.round(inOrder.length * 0.2));
    return { userId, seen: inOrder.slice(0, from), later: new Set(inOrder.slice(from)) };
  });
  const laterOf = new Map(cases.map(({ userId, later }) => [userId, later]));
  const train = lines.filter((line) => {
    const event = readPlainly(line);
    return !('movieId' in event) || !laterOf.get(event.userId)?.has(event.movieId);
  });
  return { train, cases: cases.filter(({ seen }) => seen.length > 0) };
}

function firstLines(lines: readonly string[]): Map<number, Map<string, number>> {
  const users = new Map<number, Map<string, number>>();
  for (const line of lines) {
    const event = readPlainly(line);
    if (event.kind !== 'watch') continue;
    const movies = users.get(event.userId) ?? new Map<string, number>();
    users.set(event.userId, movies);
    if (!movies.has(event.movieId)) movies.set(event.movieId, event.time);
  }
  return users;
}

/** Mean NDCG@10 over all cases of three rankings. */
export interface Figures {
  served: number;
  popularity: number;
  oracle: number;
}

export async function measureRanking(world: World, population: Population, { cases }: SplitHistory): Promise<Figures> {
  const truth = rankByTruth(population);
  const popular = mostWatched(cases);
  const served = new Map<number, string[]>();
  for (const { userId } of cases) served.set(userId, (await askForText(world, userId)).body.split(','));
  return {
    served: meanNdcg(cases, ({ userId }) => served.get(userId) ?? []),
    popularity: meanNdcg(cases, ({ seen }) => popular.filter((id) => !seen.includes(id))),
    oracle: meanNdcg(cases, ({ userId, seen }) => truth(userId, seen, 10)),
  };
}

/** What is asked of a model: 1.3 times what the most watched movies reach, and half of what can be reached. */
export const checkRanking = ({ served, popularity, oracle }: Figures): string[] => [
  ...(served >= 1.3 * popularity ? [] : [`NDCG@10 ${served} is not 1.3 times popularity's ${popularity}`]),
  ...(served >= 0.5 * oracle ? [] : [`NDCG@10 ${served} is not half of the oracle's ${oracle}`]),
];

function mostWatched(cases: readonly Case[]): string[] {
  const viewings = new Map<string, number>();
  for (const { seen } of cases) for (const id of seen) viewings.set(id, (viewings.get(id) ?? 0) + 1);
  return [...viewings].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

/** Gain 1 for what was watched later: Σ 1/log₂(place + 1) of the first ten, by that of the best ten. */
function meanNdcg(cases: readonly Case[], rank: (one: Case) => string[]): number {
  const total = cases.reduce((sum, one) => {
    const gain = discounts.reduce((got, discount, at) => got + (one.later.has(rankAt(one, at)) ? discount : 0), 0);
    const best = discounts.slice(0, one.later.size).reduce((all, discount) => all + discount, 0);
    return sum + gain / best;
  }, 0);
  return total / cases.length;

  function rankAt(one: Case, at: number): string {
    return rank(one)[at] ?? '';
  }
}

const discounts = Array.from({ length: 10 }, (_, at) => 1 / Math.log2(at + 2));
