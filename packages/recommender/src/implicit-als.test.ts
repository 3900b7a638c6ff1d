import { expect, test } from 'vitest';
import { foldInReference } from './reference.ts';
import { createFoldIn } from './fold-in.ts';
import { trainImplicitAls, trainImplicitAlsAsync } from './implicit-als.ts';
import type { AlsProgress } from './implicit-als.ts';
import { buildInteractions } from './interactions.ts';
import type { Interactions } from './interactions.ts';
import { defaultObjective } from './objective.ts';
import { drawTasteEvents } from './testing/latent-tastes.ts';
import { interactionsOf } from './testing/trained.ts';

const dimensions = { users: 60, items: 80 };
const factors = 7;
const settings = { factors, sweeps: 5, objective: defaultObjective, seed: 42 };
const interactions = interactionsOf(drawTasteEvents({ ...dimensions, eventsPerUser: 12, seed: 5 }), dimensions);

const historyOf = (matrix: Interactions, user: number) =>
  Array.from(matrix.item.subarray(matrix.userStart[user], matrix.userStart[user + 1]), (index, at) => ({
    index,
    confidence: matrix.confidence[matrix.userStart[user] + at],
  }));

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (value, j) => value - b[j])) / Math.hypot(...Array.from(b));

const row = (all: Float32Array, at: number) => [...all.subarray(at * factors, (at + 1) * factors)];
const squares = (all: number[]) => all.reduce((sum, value) => sum + value ** 2, 0);

/** The objective written out over every pair: what training must bring down. */
function lossOf(matrix: Interactions, userFactors: Float32Array, itemFactors: Float32Array): number {
  const { alpha0, regularisation } = defaultObjective;
  const itemCount = Array.from({ length: matrix.items }, () => 0);
  let loss = 0;
  for (let user = 0; user < matrix.users; user += 1) {
    const w = row(userFactors, user);
    const score = (item: number) => row(itemFactors, item).reduce((sum, h, j) => sum + h * w[j], 0);
    const history = historyOf(matrix, user);
    for (const { index, confidence } of history) {
      loss += confidence * (1 - score(index)) ** 2;
      itemCount[index] += 1;
    }
    for (let item = 0; item < matrix.items; item += 1) loss += alpha0 * score(item) ** 2;
    loss += regularisation * (history.length + alpha0 * matrix.items) * squares(w);
  }
  itemCount.forEach(
    (n, item) => (loss += regularisation * (n + alpha0 * matrix.users) * squares(row(itemFactors, item))),
  );
  return loss;
}

test('each sweep brings the written-out objective down', () => {
  const losses = [1, 2, 3, 4, 5].map((sweeps) => {
    const { userFactors, itemFactors } = trainImplicitAls(interactions, { ...settings, sweeps });
    return lossOf(interactions, userFactors, itemFactors);
  });
  expect(losses).toEqual([...losses].sort((a, b) => b - a));
  expect(new Set(losses).size).toBe(5);
});

test('item factors stand still when the training has converged: each is the least-squares answer to the users', () => {
  const { userFactors, itemFactors } = trainImplicitAls(interactions, { ...settings, sweeps: 2_000 });
  const byItem = buildInteractions(
    Array.from({ length: dimensions.users }, (_, user) => user).flatMap((user) =>
      historyOf(interactions, user).map(({ index, confidence }) => ({ user: index, item: user, confidence })),
    ),
    { users: dimensions.items, items: dimensions.users },
  );
  const watched = Array.from({ length: dimensions.items }, (_, item) => item).filter(
    (item) => historyOf(byItem, item).length > 0,
  );
  expect(watched.length).toBeGreaterThan(40);
  for (const item of watched) {
    const reference = foldInReference(userFactors, factors, defaultObjective, historyOf(byItem, item));
    const own = itemFactors.subarray(item * factors, (item + 1) * factors);
    expect(Math.hypot(...reference.map((value, j) => value - own[j]))).toBeLessThan(1e-3);
  }
});

test("every trained user's vector is the fold-in of the own history, and nobody else's", () => {
  const { userFactors, itemFactors } = trainImplicitAls(interactions, settings);
  const foldIn = createFoldIn(itemFactors, factors, defaultObjective);
  for (let user = 0; user < dimensions.users; user += 1) {
    const trained = userFactors.subarray(user * factors, (user + 1) * factors);
    expect(distance(foldIn.solve(historyOf(interactions, user)), trained)).toBeLessThan(1e-4);
    const other = historyOf(interactions, (user + 1) % dimensions.users);
    expect(distance(foldIn.solve(other), trained)).toBeGreaterThan(1e-4);
  }
});

test('the same seed gives the same bits, another seed does not', () => {
  expect(trainImplicitAls(interactions, settings)).toEqual(trainImplicitAls(interactions, settings));
  expect(trainImplicitAls(interactions, { ...settings, seed: 43 })).not.toEqual(
    trainImplicitAls(interactions, settings),
  );
});

test('training in blocks gives the same bits, tells its progress to the end and lets timers run', async () => {
  const progress: AlsProgress[] = [];
  let turns = 0;
  const turn = setInterval(() => (turns += 1), 0);
  const trained = await trainImplicitAlsAsync(interactions, {
    ...settings,
    onProgress: (step) => void progress.push(step),
  });
  clearInterval(turn);
  expect(trained).toEqual(trainImplicitAls(interactions, settings));
  expect(progress.length).toBeGreaterThan(10);
  expect(turns).toBeGreaterThan(0);
  const last = progress.at(-1)!;
  expect(last).toEqual({ sweep: 5, sweeps: 5, rowsDone: last.rowsTotal, rowsTotal: 5 * 140 + 60 });
});

test('an abort ends the training at the next block', async () => {
  const controller = new AbortController();
  let steps = 0;
  const training = trainImplicitAlsAsync(interactions, {
    ...settings,
    signal: controller.signal,
    onProgress: () => {
      steps += 1;
      if (steps === 3) controller.abort(new Error('no longer wanted'));
    },
  });
  await expect(training).rejects.toThrow('no longer wanted');
  expect(steps).toBe(3);
});

test('one user and one item train to finite factors that fit the one pair', () => {
  const one = buildInteractions([{ user: 0, item: 0, confidence: 1 }], { users: 1, items: 1 });
  const { userFactors, itemFactors } = trainImplicitAls(one, { ...settings, sweeps: 50 });
  const score = userFactors.reduce((sum, w, j) => sum + w * itemFactors[j], 0);
  expect(score).toBeGreaterThan(0.5);
  expect(score).toBeLessThan(1);
});

test('who or what has no interaction becomes zero, not NaN', () => {
  const rows = [{ user: 1, item: 1, confidence: 1 }];
  const { userFactors, itemFactors } = trainImplicitAls(buildInteractions(rows, { users: 3, items: 3 }), settings);
  expect([...userFactors.subarray(0, factors), ...itemFactors.subarray(2 * factors)]).toEqual(
    Array.from({ length: 2 * factors }, () => 0),
  );
  expect([...userFactors, ...itemFactors].every(Number.isFinite)).toBe(true);
});

test.each([
  { factors: 0 },
  { factors: 1.5 },
  { sweeps: 0 },
  { seed: NaN },
  { objective: { ...defaultObjective, alpha0: 0 } },
  { objective: { ...defaultObjective, regularisation: NaN } },
])('settings %o are refused', (wrong) => {
  expect(() => trainImplicitAls(interactions, { ...settings, ...wrong })).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID' }),
  );
});

test('an empty matrix is refused: there is nothing to learn from', () => {
  expect(() => trainImplicitAls(buildInteractions([], { users: 2, items: 2 }), settings)).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID' }),
  );
});
