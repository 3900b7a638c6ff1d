import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { compileKernels, type KernelSources } from '../kernels/compile-kernels.ts';
import { createDice, type Dice } from '../testing/latent-tastes.ts';
import { createArena } from './chain-memory.ts';
import { compiledKernels } from './compiled-kernels.ts';
import { plainRatingKernels } from './plain-rating-kernels.ts';
import { openRatingKernels, ratingKernelsOf, type RatingKernels } from './rating-kernels.ts';

type KernelsOver = (memory: WebAssembly.Memory) => RatingKernels;

const folder = join(import.meta.dirname, '../../assembly');
let sources: KernelSources;
beforeAll(() => {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  sources = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
});

/** Entries of rows: some rows have none, at times one has more than a kernel sums at once. */
function drawEntries(dice: Dice, rows: number, others: number) {
  const counts = Array.from({ length: rows }, () => (dice.share() < 0.2 ? 0 : dice.between(1, 5)));
  if (dice.share() < 0.1) counts[dice.between(0, rows - 1)] = dice.between(120, 270);
  const start = Int32Array.from({ length: rows + 1 }, (_, row) => counts.slice(0, row).reduce((a, b) => a + b, 0));
  return { start, other: Int32Array.from({ length: start[rows] }, () => dice.between(0, others - 1)) };
}

/** One half of a sweep on random numbers with `kernels`: what it returns and all of the memory it leaves, but for its workspace. */
function drawHalf(seed: number, kernelsOver: KernelsOver): Uint8Array {
  const dice = createDice(seed);
  const [rows, others, size] = [dice.between(1, 6), dice.between(1, 7), 4 * dice.between(1, 6)];
  const own = drawEntries(dice, rows, others);
  const turned = drawEntries(dice, others, rows);
  const arena = createArena();
  const memory = new WebAssembly.Memory({ initial: 3, maximum: 3 });
  const { buffer } = memory;
  const ints = (values: Int32Array): number => {
    const at = arena.take(values.length, 4);
    new Int32Array(buffer, at, values.length).set(values);
    return at;
  };
  const floats = (count: number, draw: () => number): number => {
    const at = arena.take(count, 4);
    for (const [k] of new Float32Array(buffer, at, count).entries()) new Float32Array(buffer, at, count)[k] = draw();
    return at;
  };
  const doubles = (count: number, draw: () => number): number => {
    const at = arena.take(count, 8);
    for (const [k] of new Float64Array(buffer, at, count).entries()) new Float64Array(buffer, at, count)[k] = draw();
    return at;
  };
  const gaussian = (): number => dice.gaussian();
  const zero = (): number => 0;
  const startAt = ints(own.start);
  const otherAt = ints(own.other);
  const valueAt = floats(own.other.length, gaussian);
  const [vectorsAt, othersAt] = [floats(rows * size, gaussian), floats(others * size, gaussian)];
  const [ownAt, featuresAt] = [floats(rows * size, gaussian), floats(others * size, gaussian)];
  const normalsAt = floats(Math.max(rows, others) * size, gaussian);
  const weightsAt = floats(Math.max(rows, others), () => dice.share());
  const precisionAt = doubles(size, () => 0.1 + 5 * dice.share());
  const meanAt = doubles(size, gaussian);
  const [turnedStartAt, turnedRowsAt] = [ints(turned.start), ints(turned.other)];
  const [matricesAt, rightsAt] = [floats(rows * size * size, zero), floats(rows * size, zero)];
  const recordsAt = floats(rows * 24, zero);
  const sumsAt = doubles(turned.other.length, zero);
  const pairsAt = ints(turned.other.map((_, at) => at % others));
  const saidAt = doubles(2, zero);
  const squaresAt = doubles(rows, zero);
  const [ownTrustAt, otherTrustAt] = [floats(rows, () => dice.share()), floats(others, () => dice.share())];
  const workAt = arena.take(Math.max(128 * (size + 1), 2 * size * (size + 2)), 4);
  const alpha = 0.5 + dice.share();
  const block = 4 * dice.between(0, size / 4 - 1);

  const kernels = kernelsOver(memory);
  const said = new Float64Array(buffer, saidAt, 2);
  kernels.addFeatures(rows, size, startAt, otherAt, weightsAt, featuresAt, vectorsAt);
  kernels.accumulate(
    startAt,
    otherAt,
    valueAt,
    rows,
    size,
    vectorsAt,
    othersAt,
    otherTrustAt,
    squaresAt,
    matricesAt,
    rightsAt,
    workAt,
  );
  kernels.scaleRows(rows, size, ownTrustAt, matricesAt, rightsAt);
  said[0] = kernels.drawRows(
    rows,
    size,
    matricesAt,
    rightsAt,
    vectorsAt,
    ownAt,
    normalsAt,
    precisionAt,
    meanAt,
    alpha,
    workAt,
  );
  kernels.loadBlock(rows, size, block, matricesAt, rightsAt, recordsAt);
  said[1] = kernels.drawBlock(
    others,
    turnedStartAt,
    turnedRowsAt,
    weightsAt,
    recordsAt,
    featuresAt + 4 * block,
    normalsAt + 4 * block,
    size,
    precisionAt + 8 * block,
    meanAt + 8 * block,
    alpha,
    workAt,
  );
  kernels.storeBlock(rows, size, block, matricesAt, rightsAt, recordsAt, vectorsAt);
  kernels.addPredictions(turned.other.length, turnedRowsAt, pairsAt, size, vectorsAt, othersAt, 3.5, 1, 5, sumsAt);
  return new Uint8Array(buffer).slice(0, workAt);
}

/** In how many of `rounds` random halves of a sweep both leave the same bits. */
function agreements(rounds: number, kernelsOver: KernelsOver): number {
  let equal = 0;
  for (let round = 0; round < rounds; round += 1)
    equal += Buffer.compare(drawHalf(round, kernelsOver), drawHalf(round, plainRatingKernels)) === 0 ? 1 : 0;
  return equal;
}

test('on 10,000 random halves of a sweep the compiled kernels leave the bits of their plain twins', () => {
  expect(agreements(10_000, openRatingKernels)).toBe(10_000);
}, 120_000);

test('a half of a sweep moves what it should: the check above compares no zeros', () => {
  const [one, other] = [drawHalf(1, openRatingKernels), drawHalf(2, openRatingKernels)];
  expect(Buffer.compare(one, other)).not.toBe(0);
  expect(one.filter((byte) => byte !== 0).length).toBeGreaterThan(500);
});

const faults: [string, string, string, string][] = [
  ['a bias left in the product', 'accumulate.ts', 'x = f32x4.replace_lane(x, 0, 1);', ''],
  [
    'ratings beyond the first 128 forgotten',
    'accumulate.ts',
    'first < end; first += atOnce',
    'first < min(end, first + 1); first = end',
  ],
  ['the last tile of an odd line forgotten', 'accumulate.ts', 'if (j < line) {', 'if (j < 0) {'],
  ['a trust that only errors have', 'accumulate.ts', 'f32x4.splat(their)', 'f32x4.splat(1)'],
  ['b not scaled', 'accumulate.ts', 'at < right + line; at', 'at < right; at'],
  ['no mirror', 'accumulate.ts', 'mirror(matrix, line);', ''],
  ['noise at another place', 'draw-rows.ts', 'load<f32>(normals + (k >> 1))', 'load<f32>(normals)'],
  ['b kept as it was', 'draw-rows.ts', 'v128.store(rights + j, sum);', ''],
  ['a weight not squared', 'draw-block.ts', 'const square = f32x4.mul(w, w);', 'const square = w;'],
  ['a wrong element of a small system', 'draw-block.ts', 'u01 * u03) / u11', 'u01 * u02) / u11'],
  ['a rating that leaves the scale', 'sum-vectors.ts', 'min<f64>(high, max<f64>(low, rating))', 'rating'],
];

test.each(faults)('planted fault: with %s the check finds differences', async (_fault, file, from, to) => {
  const name = `rating/${file}`;
  expect(sources[name]).toContain(from);
  const changed = { ...sources, [name]: sources[name].replaceAll(from, to) };
  const bytes = await compileKernels(changed, { relaxed: false, entry: 'rating/index.ts' });
  const module = new WebAssembly.Module(bytes);
  expect(agreements(200, (memory) => ratingKernelsOf(module, memory))).toBeLessThan(190);
});

test('the shipped module is what the sources compile to', async () => {
  const bytes = await compileKernels(sources, { relaxed: false, entry: 'rating/index.ts' });
  expect(Buffer.from(bytes).toString('base64')).toBe(compiledKernels.simd.wasm);
});
