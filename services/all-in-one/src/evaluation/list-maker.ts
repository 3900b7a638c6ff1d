import {
  addItemScores,
  buildInteractions,
  buildSequences,
  createFactorScorer,
  defaultEase,
  defaultObjective,
  defaultTransition,
  rowsByUser,
  runOf,
  trainEase,
  trainImplicitAlsAsync,
  trainTransition,
  type CountedItem,
  type ItemWeights,
  type ListMaker,
  type ListPart,
  type RatingTable,
} from '@reelay/recommender';
import { trainEaseInThreads, trainInThreads, trainTransitionInThreads } from '@reelay/trainer';
import { defaultListSettings, type ListSettings } from './list-settings.ts';

export interface ListMakerSettings {
  seed: number;
  threads: number;
  lists?: ListSettings | undefined;
  /** For users without a row. */
  cold?: ((table: RatingTable) => ListPart) | undefined;
  onProgress?: (step: string, done: number) => void;
}

/** Below so many rows threads take longer to start than they save. */
const threadsFromRows = 300_000;

/** Lists: implicit factors, item weights (EASE), and, where later rows are wanted and times known, what comes next; every row is one positive. */
export const listMaker = (settings: ListMakerSettings): ListMaker => ({
  ...(settings.cold && { makeCold: settings.cold }),
  async make(table, { kind, wanted }) {
    const ordered = kind !== undefined && kind !== 'random' && table.time.every(Number.isFinite);
    const names = wanted ?? ['factors', 'items', ...(ordered ? ['next'] : [])];
    const own = { ...settings, lists: settings.lists ?? defaultListSettings, threads: table.rating.length < threadsFromRows ? 1 : settings.threads }; // prettier-ignore
    const makers = { factors: factorPart, items: itemPart, next: nextPart };
    const parts: ListPart[] = [];
    for (const name of Object.keys(makers) as (keyof typeof makers)[])
      if (names.includes(name)) parts.push(await makers[name](table, own));
    return parts;
  },
});

type Settings = ListMakerSettings & { lists: ListSettings };

const interactionsOf = (table: RatingTable) =>
  buildInteractions(
    table.user.keys().map((row) => ({ user: table.user[row], item: table.item[row], confidence: 1 })),
    table,
  );

async function factorPart(table: RatingTable, { seed, threads, lists, onProgress }: Settings): Promise<ListPart> {
  const { factors, sweeps, alpha0, regularisation } = lists;
  const objective = { ...defaultObjective, alpha0, regularisation, nu: 1 };
  const als = { factors, sweeps, seed, objective };
  const tell = ({ rowsDone, rowsTotal }: { rowsDone: number; rowsTotal: number }) => onProgress?.('factors', rowsDone / rowsTotal); // prettier-ignore
  const interactions = interactionsOf(table);
  const { itemFactors } = threads > 1
    ? await trainInThreads(interactions, als, { threads, onProgress: tell })
    : await trainImplicitAlsAsync(interactions, { ...als, onProgress: tell }); // prettier-ignore
  const scorer = createFactorScorer(itemFactors, factors, objective);
  return historyPart('factors', table, (history, scores) => scorer.scoreInto(history, scores));
}

async function itemPart(table: RatingTable, { threads, lists, onProgress }: Settings): Promise<ListPart> {
  const ease = { ...defaultEase, weightsKept: 400, ridge: lists.ridge, userDamping: lists.userDamping };
  const interactions = interactionsOf(table);
  onProgress?.('item weights', 0);
  const weights = threads > 1
    ? await trainEaseInThreads(interactions, ease, { threads, onProgress: (done) => onProgress?.('item weights', done) })
    : trainEase(interactions, ease); // prettier-ignore
  return weightPart('items', table, weights);
}

async function nextPart(table: RatingTable, { threads, lists, onProgress }: Settings): Promise<ListPart> {
  const { user, item, time } = table;
  const sequences = buildSequences(Array.from(user, (own, row) => ({ user: own, item: item[row], at: time[row] })), table); // prettier-ignore
  const transition = { ...defaultTransition, weightsKept: 400, ridge: lists.nextRidge, halfLife: lists.nextHalfLife };
  onProgress?.('next items', 0);
  const weights = threads > 1
    ? await trainTransitionInThreads(sequences, transition, { threads, onProgress: (done) => onProgress?.('next items', done) })
    : trainTransition(sequences, transition); // prettier-ignore
  return weightPart('next', table, weights, lists.nextHalfLife);
}

/** `halfLife`: an item of the history counts half after so many newer ones. */
const weightPart = (name: string, table: RatingTable, weights: ItemWeights, halfLife?: number): ListPart => ({
  above: 0,
  ...historyPart(name, table, (history, scores) => {
    scores.fill(0);
    const counted = halfLife === undefined ? history : history.map(({ index }, at) => ({ index, value: 2 ** ((at + 1 - history.length) / halfLife) })); // prettier-ignore
    addItemScores(weights, counted, scores);
  }),
});

/** Scores a user by the own rows, oldest first, each item once. */
function historyPart(
  name: string,
  table: RatingTable,
  scoreInto: (history: readonly CountedItem[], scores: Float32Array) => void,
): ListPart {
  const known = rowsByUser(table);
  const scores = new Float32Array(table.items);
  return {
    name,
    scoresOf(user) {
      // Rows without a time stay where the file has them.
      const rows = Array.from(runOf(known, user)).sort((a, b) => table.time[a] - table.time[b] || a - b);
      const items = new Set(rows.map((row) => table.item[row]));
      scoreInto(Array.from(items, (index) => ({ index, value: 1 })), scores); // prettier-ignore
      return scores;
    },
  };
}
