import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compileKernels, type KernelSources } from '../kernels/compile-kernels.ts';
import { createDice, type Dice } from '../testing/latent-tastes.ts';
import { compiledKernels } from './compiled-kernels.ts';
import { plainTileKernels } from './plain-tile-kernels.ts';
import { openTileKernels, tileKernelsOf, type TileKernels } from './tile-kernels.ts';
import { sharedMemory } from './tile-memory.ts';

const folder = join(import.meta.dirname, '../../assembly/ranking');
const sources: KernelSources = Object.fromEntries(
  readdirSync(folder).map((name) => [`ranking/${name}`, readFileSync(join(folder, name), 'utf8')]),
);
const compile = (from: KernelSources, relaxed: boolean) =>
  compileKernels(from, { relaxed, entry: 'ranking/index.ts', shared: true });

type KernelsOver = (memory: WebAssembly.Memory) => TileKernels;

/** Packs two random tiles, multiplies them onto a third and turns that; what stands in the memory then is read by the caller. */
function multiplyRandom(kernels: TileKernels, numbers: Float32Array, seed: number): void {
  const dice: Dice = createDice(seed);
  const side = 8 * dice.between(1, 2);
  const at = (tile: number): number => 4 * tile * side * side;
  numbers.fill(0);
  for (let place = 0; place < 3 * side * side; place += 1) numbers[place] = dice.gaussian();
  kernels.packFours(at(0), at(3), side, dice.share() < 0.5 ? -1 : 1);
  kernels.packEights(at(1), at(4), side);
  kernels.multiplyTile(at(2), at(3), at(4), side);
  kernels.transposeTile(at(2), at(5), side);
}

/** In how many of `rounds` random cases both give the same bits. */
function agreements(rounds: number, one: KernelsOver, other: KernelsOver): number {
  const [left, right] = [one, other].map((kernelsOver) => {
    const memory = sharedMemory(1);
    return { kernels: kernelsOver(memory), numbers: new Float32Array(memory.buffer) };
  });
  let equal = 0;
  for (let seed = 1; seed <= rounds; seed += 1) {
    for (const { kernels, numbers } of [left, right]) multiplyRandom(kernels, numbers, seed);
    equal += left.numbers.every((value, at) => Object.is(value, right.numbers[at])) ? 1 : 0;
  }
  return equal;
}

test.each(['simd', 'relaxed'] as const)(
  'on 10,000 random tiles the %s build gives the bits of its plain twin',
  (build) => {
    const compiled: KernelsOver = (memory) => openTileKernels(memory, build);
    const fused = compiled(sharedMemory(1)).fuses() !== 0;
    expect(agreements(10_000, compiled, (memory) => plainTileKernels(memory, fused))).toBe(10_000);
  },
  120_000,
);

test('the builds that are shipped are those of the sources', async () => {
  for (const build of ['simd', 'relaxed'] as const) {
    const bytes = await compile(sources, build === 'relaxed');
    expect(Buffer.from(bytes).toString('base64')).toBe(compiledKernels[build].wasm);
  }
});

test.each([
  ['a lane is taken twice', 'v128.load32_splat(w, 8)', 'v128.load32_splat(w, 4)'],
  ['the sign is lost', 'f32x4.mul(v128.load(at), factor)', 'v128.load(at)'],
  ['a strip is one row short', 'w + (line << 2)', 'w + (line << 2) - 16'],
  ['two rows are exchanged in the turned tile', 'shuffle<f32>(ab, cd, 2, 3, 6, 7)', 'shuffle<f32>(ab, cd, 0, 1, 4, 5)'],
  ['the tile is overwritten instead of added to', 'f32x4.add(v128.load(at, 16), d1)', 'd1'],
])('planted fault: %s, and the twins differ', async (_, from, to) => {
  const broken = sources['ranking/tiles.ts'].replace(from, to);
  expect(broken).not.toBe(sources['ranking/tiles.ts']);
  const module = new WebAssembly.Module(await compile({ ...sources, 'ranking/tiles.ts': broken }, false));
  const over: KernelsOver = (memory) => tileKernelsOf(module, memory, 'broken');
  expect(agreements(40, over, (memory) => plainTileKernels(memory))).toBeLessThan(40);
});
