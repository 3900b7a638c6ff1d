import { expect, test } from 'vitest';
import { createDice } from '../testing/latent-tastes.ts';
import { createArena } from './chain-memory.ts';
import { openRatingKernels } from './rating-kernels.ts';

const [users, items, size, alpha] = [5, 6, 4, 1.7];
const dice = createDice(31);
const gaussians = (count: number): number[] => Array.from({ length: count }, () => dice.gaussian());

/** Who rated what: user, item, rating less the mean. */
const ratings = Array.from({ length: users * items }, (_, at) => [at % users, Math.floor(at / users), dice.gaussian()])
  .filter(([user, item]) => (user * 7 + item * 5) % 4 !== 0)
  .sort(([a], [b]) => a - b);
const start = Array.from({ length: users + 1 }, (_, user) => ratings.filter((row) => row[0] < user).length);
const itemVectors = gaussians(items * size);
const precision = [0.7, 2, 1.1, 0.4];
const mean = gaussians(size);
/** Users 0, 2 and 4 have feature 0, the others feature 1, user 4 both. */
const rowsOfFeature = [
  [0, 2, 4],
  [1, 3, 4],
];
const weights = [1, 1, 1, 1, Math.SQRT1_2];

/** The vector that stands against users' vectors: 1 in the place of the bias. */
const z = (item: number): number[] => [1, ...itemVectors.slice(item * size + 1, (item + 1) * size)];
const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, k) => sum + value * other[k], 0);

/** Σ e·z of a user from the definition, for the vectors as they are. */
function gradientOf(user: number, vectors: Float32Array): number[] {
  const own = Array.from(vectors.subarray(user * size, (user + 1) * size));
  const sum = [0, 0, 0, 0];
  for (const [, item, rating] of ratings.filter((row) => row[0] === user)) {
    const error = rating - itemVectors[item * size] - dot(own, z(item));
    for (let k = 0; k < size; k += 1) sum[k] += error * z(item)[k];
  }
  return sum;
}

/** A user's Σ z·zᵀ from the definition. */
const productsOf = (user: number): number[][] =>
  z(0).map((_, i) =>
    z(0).map((_, j) =>
      ratings.filter((row) => row[0] === user).reduce((sum, [, item]) => sum + z(item)[i] * z(item)[j], 0),
    ),
  );

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const startVectors = gaussians(users * size);
const startFeatures = gaussians(2 * size);

/** Half a sweep of the users with these normal numbers: own vectors first, then two features in one block of four. */
function drawUsers(ownNormals: readonly number[], featureNormals: readonly number[]) {
  const arena = createArena();
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const ints = (values: readonly number[]): number => {
    const at = arena.take(values.length, 4);
    new Int32Array(memory.buffer, at, values.length).set(values);
    return at;
  };
  const floats = (values: readonly number[]): number => {
    const at = arena.take(values.length, 4);
    new Float32Array(memory.buffer, at, values.length).set(values);
    return at;
  };
  const doubles = (values: readonly number[]): number => {
    const at = arena.take(values.length, 8);
    new Float64Array(memory.buffer, at, values.length).set(values);
    return at;
  };
  const kernels = openRatingKernels(memory);
  const otherAt = ints(ratings.map(([, item]) => item));
  const valueAt = floats(ratings.map(([, , rating]) => rating));
  const vectorsAt = floats(startVectors);
  const ownAt = floats(zeros(users * size));
  const featuresAt = floats(startFeatures);
  const [matricesAt, rightsAt] = [floats(zeros(users * size * size)), floats(zeros(users * size))];
  const [precisionAt, meanAt, recordsAt] = [doubles(precision), doubles(mean), floats(zeros(users * 24))];
  const [squaresAt, trustAt] = [doubles(zeros(users)), floats(zeros(items).fill(1))];
  const workAt = floats(zeros(128 * (size + 1)));
  const view = (at: number, count: number): Float32Array => new Float32Array(memory.buffer, at, count).slice();

  kernels.accumulate(ints(start), otherAt, valueAt, users, size, vectorsAt, floats(itemVectors), trustAt, squaresAt, matricesAt, rightsAt, workAt); // prettier-ignore
  const matrices = view(matricesAt, users * size * size);
  kernels.drawRows(users, size, matricesAt, rightsAt, vectorsAt, ownAt, floats(ownNormals), precisionAt, meanAt, alpha, workAt); // prettier-ignore
  const own = view(ownAt, users * size);
  const vectorsAfterOwn = view(vectorsAt, users * size);
  kernels.loadBlock(users, size, 0, matricesAt, rightsAt, recordsAt);
  kernels.drawBlock(2, ints([0, 3, 6]), ints(rowsOfFeature.flat()), floats(weights), recordsAt, featuresAt, floats(featureNormals), size, precisionAt, meanAt, alpha, workAt); // prettier-ignore
  kernels.storeBlock(users, size, 0, matricesAt, rightsAt, recordsAt, vectorsAt);
  const [features, vectors] = [view(featuresAt, 2 * size), view(vectorsAt, users * size)];
  return { matrices, own, vectorsAfterOwn, features, vectors, rights: view(rightsAt, users * size) };
}

const still = drawUsers(zeros(users * size), zeros(2 * size));

/** Σ_k d_k·d_kᵀ over what each unit normal number moves, times Λ: the identity if draws have covariance Λ⁻¹. */
function covarianceTimes(precisionMatrix: readonly number[][], moves: readonly number[][]): number[][] {
  const covariance = moves[0].map((_, i) =>
    moves[0].map((_, j) => moves.reduce((sum, move) => sum + move[i] * move[j], 0)),
  );
  return covariance.map((row) =>
    row.map((_, j) => row.reduce((sum, value, k) => sum + value * precisionMatrix[k][j], 0)),
  );
}

function expectIdentity(matrix: readonly number[][]): void {
  for (const [i, row] of matrix.entries())
    for (const [j, value] of row.entries()) expect(value).toBeCloseTo(i === j ? 1 : 0, 4);
}

const unit = (count: number, at: number): number[] => zeros(count).with(at, 1);
const withPrior = (products: readonly number[][]): number[][] =>
  products.map((row, i) => row.map((value, j) => alpha * value + (i === j ? precision[i] : 0)));

test('the sums of a row are those of the definition', () => {
  for (let user = 0; user < users; user += 1)
    for (const [i, row] of productsOf(user).entries())
      for (const [j, value] of row.entries())
        expect(still.matrices[(user * size + i) * size + j]).toBeCloseTo(value, 4);
});

test('without noise an own vector is the most likely one: the gradient of its posterior is 0', () => {
  for (let user = 0; user < users; user += 1) {
    for (const [k, gradient] of gradientOf(user, still.vectorsAfterOwn).entries())
      expect(alpha * gradient).toBeCloseTo(precision[k] * (still.own[user * size + k] - mean[k]), 4);
  }
});

test('what the noise adds to an own vector has the covariance of its posterior', () => {
  const moves = precision.map((_, k) => {
    const { own } = drawUsers(unit(users * size, size + k), zeros(2 * size));
    return Array.from(own.subarray(size, 2 * size), (value, at) => value - still.own[size + at]);
  });
  expectIdentity(covarianceTimes(withPrior(productsOf(1)), moves));
});

test('what the kernels carry along is the gradient of the vectors as they end', () => {
  for (let user = 0; user < users; user += 1)
    for (const [k, gradient] of gradientOf(user, still.vectors).entries())
      expect(still.rights[user * size + k]).toBeCloseTo(gradient, 4);
});

test('without noise the feature that was drawn last is the most likely one', () => {
  for (let k = 0; k < size; k += 1) {
    const along = rowsOfFeature[1].reduce((sum, user) => sum + weights[user] * gradientOf(user, still.vectors)[k], 0);
    expect(alpha * along).toBeCloseTo(precision[k] * (still.features[size + k] - mean[k]), 3);
  }
});

test('what the noise adds to a feature has the covariance of its posterior', () => {
  const moves = precision.map((_, k) => {
    const { features } = drawUsers(zeros(users * size), unit(2 * size, size + k));
    return Array.from(features.subarray(size), (value, at) => value - still.features[size + at]);
  });
  const products = z(0).map((_, i) =>
    z(0).map((_, j) => rowsOfFeature[1].reduce((sum, user) => sum + weights[user] ** 2 * productsOf(user)[i][j], 0)),
  );
  expectIdentity(covarianceTimes(withPrior(products), moves));
});
