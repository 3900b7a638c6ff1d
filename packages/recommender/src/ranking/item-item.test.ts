import { expect, test } from 'vitest';
import { buildInteractions } from '../interactions.ts';
import { createDice } from '../testing/latent-tastes.ts';
import { easeSteps } from './ease-steps.ts';
import { trainEase, weightsOf } from './ease.ts';
import { defaultEase, easeBytes, planEase } from './item-item-plan.ts';
import { addItemScores, type ItemWeights } from './item-weights.ts';
import { easeReference, transitionReference } from './reference-item-item.ts';
import { buildSequences } from './sequences.ts';
import { tileSide } from './tile-layout.ts';
import { trainTransition } from './transition.ts';
import { defaultTransition } from './transition-plan.ts';
import type { Turns } from './turns.ts';

/** Users whose items lie near a place of their own, in a random order; more items than a tile has rows. */
function drawRows({ users = 200, items = 150, each = 12, seed = 3 } = {}) {
  const dice = createDice(seed);
  return Array.from({ length: users * each }, (_, at) => {
    const user = Math.floor(at / each);
    const item = Math.floor(Math.abs(user * 0.7 + 9 * dice.gaussian())) % items;
    return { user, item, confidence: 1, at: dice.share() };
  });
}
const size = { users: 200, items: 150 };
const interactions = buildInteractions(drawRows(), size);
const sequences = buildSequences(drawRows(), size);

const dense = ({ items, start, target, weight }: ItemWeights): number[][] =>
  Array.from({ length: items }, (_, i) => {
    const row = Array.from({ length: items }, () => 0);
    for (let at = start[i]; at < start[i + 1]; at += 1) row[target[at]] = weight[at];
    return row;
  });

const largestDifference = (a: number[][], b: number[][]): number =>
  Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i][j]))));
const largest = (a: number[][]): number => Math.max(...a.flat().map(Math.abs));

test.each([
  { ridge: 5, dropout: 0, userDamping: 0 },
  { ridge: 0.5, dropout: 0.3, userDamping: 0.5 },
])('EASE %o equals its formula in float64', (own) => {
  const reference = easeReference(interactions, own);
  const weights = dense(trainEase(interactions, { ...defaultEase, ...own, weightsKept: 1_000 }));
  expect(largest(reference)).toBeGreaterThan(0.05);
  expect(largestDifference(weights, reference)).toBeLessThan(1e-5 * largest(reference));
});

test('transitions equal their formula in float64, and go one way', () => {
  const settings = { ...defaultTransition, ridge: 3, dropout: 0.2, halfLife: 3, weightsKept: 1_000 };
  const reference = transitionReference(sequences, settings);
  const weights = dense(trainTransition(sequences, settings));
  expect(largestDifference(weights, reference)).toBeLessThan(1e-5 * largest(reference));
  const turned = weights.map((row, i) => row.map((_, j) => weights[j][i]));
  expect(largestDifference(weights, turned)).toBeGreaterThan(0.1 * largest(reference));
});

test('planted fault: one interaction more is seen by the comparison with the formula', () => {
  const own = { ridge: 5, dropout: 0, userDamping: 0 };
  const other = buildInteractions([...drawRows(), { user: 0, item: 149, confidence: 1 }], size);
  const weights = dense(trainEase(other, { ...defaultEase, ...own, weightsKept: 1_000 }));
  const reference = easeReference(interactions, own);
  expect(largestDifference(weights, reference)).toBeGreaterThan(1e-5 * largest(reference));
});

/** Pieces by a rule instead of by who comes first. */
const fixedTurns = (mine: (piece: number, count: number) => boolean): Turns => ({
  take(count, work) {
    for (let piece = 0; piece < count; piece += 1) if (mine(piece, count)) work(piece);
  },
  add: () => {},
});

interface Parts {
  parts: number;
  mine?: (piece: number, part: number, count: number) => boolean;
}

/** All parts in turn, as threads would do it, each with every so many pieces. */
function trainInParts({ parts, mine = (piece, part) => piece % parts === part }: Parts): ItemWeights {
  const plan = planEase(manyTiles, { ...defaultEase, ridge: 5 }, { parts });
  const all = Array.from({ length: parts }, (_, part) =>
    easeSteps(
      plan,
      part,
      fixedTurns((piece, count) => mine(piece, part, count)),
    ),
  );
  while (all.map((steps) => steps.next().done === true).includes(false));
  return weightsOf(plan);
}

/** Four tiles a side. */
const manyTiles = buildInteractions(drawRows({ users: 600, items: 420 }), { users: 600, items: 420 });

test('the number of parts, and who takes what, changes no bit', () => {
  const alone = trainEase(manyTiles, { ...defaultEase, ridge: 5 });
  expect(alone.weight.length).toBeGreaterThan(10_000);
  for (const parts of [1, 2, 3]) expect(trainInParts({ parts })).toEqual(alone);
  expect(trainInParts({ parts: 2, mine: (piece, part) => piece < 2 === (part === 0) })).toEqual(alone);
});

test('planted fault: a piece that nobody takes is seen', () => {
  const alone = trainInParts({ parts: 2 });
  expect(planEase(manyTiles, defaultEase).places).toBeGreaterThan(3 * tileSide);
  // Four columns and the diagonal tile that comes next: the shortest column is the last piece.
  const left = trainInParts({
    parts: 2,
    mine: (piece, part, count) => !(count === 5 && piece === 4) && piece % 2 === part,
  });
  expect(left).not.toEqual(alone);
});

test('only the largest weights of each column are kept, of the most interacted items', () => {
  const [whole, cut] = [1_000, 10].map((weightsKept) =>
    trainEase(interactions, { ...defaultEase, itemsMax: 60, ridge: 5, weightsKept }),
  );
  const counts = new Map<number, number>();
  for (const item of interactions.item) counts.set(item, (counts.get(item) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 60);
  expect(new Set(whole.target)).toEqual(new Set(most.map(([item]) => item)));
  const [all, kept] = [dense(whole), dense(cut)];
  for (const [item] of most) {
    const column = all.map((row) => Math.abs(row[item]));
    const threshold = column.toSorted((a, b) => b - a)[9];
    expect(kept.map((row) => row[item])).toEqual(all.map((row) => (Math.abs(row[item]) >= threshold ? row[item] : 0)));
  }
});

test('scores are the sum over the history, whoever it belongs to', () => {
  const weights = trainEase(interactions, { ...defaultEase, ridge: 5 });
  const history = [3, 70, 149].map((index, at) => ({ index, value: 1 / (at + 1) }));
  const scores = new Float32Array(size.items);
  addItemScores(weights, history, scores);
  const rows = dense(weights);
  scores.forEach((score, item) =>
    expect(score).toBeCloseTo(
      history.reduce((sum, { index, value }) => sum + value * rows[index][item], 0),
      6,
    ),
  );
});

test.each([
  { index: -1, value: 1 },
  { index: 150, value: 1 },
  { index: 1.5, value: 1 },
  { index: 3, value: NaN },
])('history item %o is refused', (item) => {
  const weights = trainEase(interactions, { ...defaultEase, ridge: 5 });
  expect(() => addItemScores(weights, [item], new Float32Array(150))).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID' }),
  );
});

test.each([
  { ridge: 0 },
  { ridge: NaN },
  { dropout: 1 },
  { dropout: -0.1 },
  { itemsMax: 0 },
  { weightsKept: 0.5 },
  { userDamping: -1 },
])('settings %o are refused', (wrong) => {
  expect(() => trainEase(interactions, { ...defaultEase, ...wrong })).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID' }),
  );
});

test('one user, one item and no item: finite weights, none, or a refusal', () => {
  const one = buildInteractions([{ user: 0, item: 0, confidence: 1 }], { users: 1, items: 1 });
  expect(trainEase(one, defaultEase).weight).toEqual(new Float32Array(0));
  const two = buildInteractions(
    [0, 1].map((item) => ({ user: 0, item, confidence: 1 })),
    { users: 1, items: 5 },
  );
  expect([...trainEase(two, defaultEase).weight].every((weight) => Number.isFinite(weight) && weight > 0)).toBe(true);
  const none = buildInteractions([], { users: 2, items: 2 });
  expect(() => trainEase(none, defaultEase)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
  expect(() => trainTransition(buildSequences([], { users: 1, items: 1 }), defaultTransition)).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID' }),
  );
});

test('what does not fit is refused in one sentence before any of it is taken; the memory is known beforehand', () => {
  expect(easeBytes(8_000, defaultEase)).toEqual({ training: 159_709_184, serving: 19_232_004 });
  const wide = buildInteractions(
    Array.from({ length: 50_000 }, (_, item) => ({ user: 0, item, confidence: 1 })),
    { users: 1, items: 50_000 },
  );
  const settings = { ...defaultEase, itemsMax: 50_000, weightsKept: 1 };
  expect(() => trainEase(wide, settings)).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining('at most 4294901760') }),
  );
});

test('a sequence is in the order of time, a repeated item where it came last', () => {
  const rows = [5, 1, 3].map((at) => ({ user: 1, item: at, at }));
  const built = buildSequences([...rows, { user: 1, item: 1, at: 4 }], { users: 2, items: 6 });
  expect([...built.item]).toEqual([3, 1, 5]);
  expect([...built.userStart]).toEqual([0, 0, 3]);
  expect(() => buildSequences([{ user: 0, item: 0, at: NaN }], { users: 1, items: 1 })).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID' }),
  );
});
