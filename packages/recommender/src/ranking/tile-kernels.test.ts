import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compileKernels, type KernelSources } from '../kernels/compile-kernels.ts';
import { createDice, type Dice } from '../testing/latent-tastes.ts';
import { compiledKernels } from './compiled-kernels.ts';
import { plainTileKernels } from './plain-tile-kernels.ts';
import { openTileKernels, tileKernelsOf, type TileKernels } from './tile-kernels.ts';

const folder = join(import.meta.dirname, '../../assembly/ranking');
const sources: KernelSources = Object.fromEntries(
  readdirSync(folder).map((name) => [`ranking/${name}`, readFileSync(join(folder, name), 'utf8')]),
);
const compile = (from: KernelSources, relaxed: boolean) => compileKernels(from, { relaxed, entry: 'ranking/index.ts' });

type KernelsOver = (memory: WebAssembly.Memory) => TileKernels;

/** Packs two random tiles and multiplies them onto a third; what stands in the memory then. */
function multiplyRandom(kernelsOver: KernelsOver, seed: number): Float32Array {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const numbers = new Float32Array(memory.buffer);
  const dice: Dice = createDice(seed);
  const side = 8 * dice.between(1, 2);
  const at = (tile: number): number => 4 * tile * side * side;
  for (let place = 0; place < 3 * side * side; place += 1) numbers[place] = dice.gaussian();
  const kernels = kernelsOver(memory);
  kernels.packFours(at(0), at(3), side, dice.share() < 0.5 ? -1 : 1);
  kernels.packEights(at(1), at(4), side);
  kernels.multiplyTile(at(2), at(3), at(4), side);
  return numbers;
}

/** In how many of `rounds` random cases both give the same bits. */
function agreements(rounds: number, one: KernelsOver, other: KernelsOver): number {
  let equal = 0;
  for (let seed = 1; seed <= rounds; seed += 1) {
    const [left, right] = [multiplyRandom(one, seed), multiplyRandom(other, seed)];
    equal += left.every((value, at) => Object.is(value, right[at])) ? 1 : 0;
  }
  return equal;
}

test.each(['simd', 'relaxed'] as const)(
  'on 10,000 random tiles the %s build gives the bits of its plain twin',
  (build) => {
    const compiled: KernelsOver = (memory) => openTileKernels(memory, build);
    const fused = compiled(new WebAssembly.Memory({ initial: 1, maximum: 1 })).fuses() !== 0;
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
  ['the tile is overwritten instead of added to', 'f32x4.add(v128.load(at, 16), d1)', 'd1'],
])('planted fault: %s, and the twins differ', async (_, from, to) => {
  const broken = sources['ranking/tiles.ts'].replace(from, to);
  expect(broken).not.toBe(sources['ranking/tiles.ts']);
  const module = new WebAssembly.Module(await compile({ ...sources, 'ranking/tiles.ts': broken }, false));
  const over: KernelsOver = (memory) => tileKernelsOf(module, memory, 'broken');
  expect(agreements(40, over, (memory) => plainTileKernels(memory))).toBeLessThan(40);
});
