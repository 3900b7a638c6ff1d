import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { chooseWeights, handOver, standardiseCandidates } from '../../packages/recommender/src/index.ts';
import { trainBlend, type BlendScorer, type BlendSettings } from './ranking-blend.ts';
import { itemsOf, rankUsers, type RankedUser } from './ranking-figures.ts';
import type { RankedRow } from './ranking-movielens.ts';
import { createDraws } from './rating-splits.ts';
import { dataFolder } from './rating-movielens.ts';

/** Rows in the order of time, most users with one alone. */
export interface SparseStream {
  readonly users: number;
  readonly items: number;
  readonly rows: readonly RankedRow[];
}

/** The ratings that the course's simulator published in 2025; repeated lines count once. */
export function readCourseRatings(): SparseStream {
  const text = gunzipSync(readFileSync(join(dataFolder(), 'simulator', 'rate_lines_2025.log.gz'))).toString('utf8');
  const pairs = new Map<string, readonly [user: string, item: string]>();
  for (const line of text.split('\n')) {
    const [, user, item] = /^[^,]*,(\d+),GET \/rate\/(.+)=\d+$/.exec(line.trim()) ?? [];
    if (user !== undefined && !pairs.has(`${user} ${item}`)) pairs.set(`${user} ${item}`, [user, item]);
  }
  const [users, items] = [new Map<string, number>(), new Map<string, number>()];
  const placeIn = (places: Map<string, number>, key: string): number => {
    if (!places.has(key)) places.set(key, places.size);
    return places.get(key)!;
  };
  const rows = [...pairs.values()].map(([user, item], at) => {
    return { user: placeIn(users, user), item: placeIn(items, item), rating: 5, at };
  });
  return { users: users.size, items: items.size, rows };
}

/** Drawn: a few movies are popular, each user has one kind of movie; two thirds of the users come once. */
export function drawSparseStream(seed: number, users = 20_000, items = 2_000): SparseStream {
  const draws = createDraws(seed);
  const share = (): number => draws.below(1 << 24) / (1 << 24);
  const rows = Array.from({ length: users }, (_, user) => {
    const kind = draws.below(10);
    const visits = share() < 0.66 ? 1 : 2 + draws.below(8);
    return Array.from({ length: visits }, () => {
      const place = Math.floor(items * share() ** 4);
      return { user, item: share() < 0.5 ? place : place - (place % 10) + kind, rating: 5, at: share() };
    }).filter(({ item }, at, all) => item < items && all.findIndex((other) => other.item === item) === at);
  }).flat();
  return { users, items, rows: rows.sort((a, b) => a.at - b.at) };
}

export interface SparseFigures {
  readonly served: number;
  readonly popularity: number;
  readonly users: number;
  readonly personalShare: number;
}

const settings: BlendSettings = {
  ease: { itemsMax: 8_000, weightsKept: 400, ridge: 50, dropout: 0, userDamping: 0.5, weight: 0.5 },
  als: { factors: 32, sweeps: 8, regularisation: 0.01, alpha0: 0.2, weight: 0.5 },
};
const handOverItems = 2;

/** The newest fifth of the rows is wanted. How much the personal scores count is chosen on the newest fifth of what is left. */
export async function measureSparse(stream: SparseStream, seed: number): Promise<SparseFigures> {
  const { train, newest } = splitNewest(stream.rows);
  const inner = splitNewest(train);
  const how = { items: stream.items, k: 10 };
  const trial = await openScorers(stream, inner.train, seed);
  const asked = usersOf(stream, inner.train, inner.newest);
  // No personal share comes first, so that of equal ones it is taken.
  const { best } = chooseWeights(2, 4, ([share]) => rankUsers(mixed(trial, share), asked, how).ndcg);
  const [personalShare] = best.weights;
  const scorers = await openScorers(stream, train, seed);
  const users = usersOf(stream, train, newest);
  const served = rankUsers(mixed(scorers, personalShare), users, how);
  const popular = rankUsers(mixed(scorers, 0), users, how);
  return { served: served.ndcg, popularity: popular.ndcg, users: served.users, personalShare };
}

const splitNewest = (rows: readonly RankedRow[]) => {
  const held = Math.round(rows.length / 5);
  return { train: rows.slice(0, rows.length - held), newest: rows.slice(rows.length - held) };
};

function usersOf({ users }: SparseStream, train: readonly RankedRow[], newest: readonly RankedRow[]): RankedUser[] {
  const known = Array.from({ length: users }, (): RankedRow[] => []);
  for (const row of train) known[row.user].push(row);
  const wanted = Map.groupBy(newest, ({ user }) => user);
  return [...wanted].map(([user, rows]) => {
    const seen = itemsOf(known[user]);
    return { history: known[user], seen, wanted: new Set([...itemsOf(rows)].filter((item) => !seen.has(item))) };
  });
}

interface Scorers {
  readonly personal: BlendScorer;
  readonly counts: Float32Array;
}

async function openScorers(stream: SparseStream, train: readonly RankedRow[], seed: number): Promise<Scorers> {
  const counts = new Float32Array(stream.items);
  for (const { item } of train) counts[item] += 1;
  return { personal: await trainBlend(stream, train, settings, seed), counts };
}

/** share·n/(n + k) of the personal z-scores, the rest popularity's. */
const mixed = ({ personal, counts }: Scorers, share: number): BlendScorer => {
  const prior = new Float32Array(counts.length);
  return (history, excluded) => {
    const scores = personal(history, excluded);
    prior.set(counts);
    standardiseCandidates(prior, excluded);
    // n/(n + k) of `share` times as much: the history counts as so many fewer items.
    const k = share === 0 ? Infinity : (history.length + handOverItems) / share - history.length;
    handOver(scores, prior, history.length, k);
    return scores;
  };
};
