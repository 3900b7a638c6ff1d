import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDice, type Dice } from '../testing/latent-tastes.ts';
import { compileKernels, type KernelSources } from './compile-kernels.ts';
import { kernelsOf, openKernels, type Kernels } from './kernels.ts';
import { plainKernels } from './plain-kernels.ts';

type KernelsOver = (memory: WebAssembly.Memory) => Kernels;

const [startsAt, picksAt, confidencesAt, outAt, priorAt, sumsAt] = [0, 1_024, 1_280, 1_536, 2_048, 4_096];
const [weightsAt, targetsAt] = [6_144, 16_384];
const infinite = 0x7c00;

/** A finite float16 of any size: zeros and numbers below the smallest normal one come up. */
function drawHalf(dice: Dice): number {
  const bits = dice.between(0, 0xffff) & (dice.share() < 0.2 ? 0x83ff : 0xffff);
  return (bits & infinite) === infinite ? bits & 0x83ff : bits;
}

/** Rows of weights and a history of some of them. */
function drawCase(buffer: ArrayBuffer, dice: Dice) {
  const [items, wide, count] = [dice.between(1, 200), dice.between(0, 1), dice.between(0, 40)];
  const starts = new Uint32Array(buffer, startsAt, items + 1);
  for (let item = 0; item < items; item += 1) starts[item + 1] = starts[item] + dice.between(0, 22);
  const weights = new Uint16Array(buffer, weightsAt, starts[items]);
  const targets = new (wide ? Uint32Array : Uint16Array)(buffer, targetsAt, starts[items]);
  for (let at = 0; at < weights.length; at += 1) weights[at] = drawHalf(dice);
  for (let at = 0; at < targets.length; at += 1) targets[at] = dice.between(0, items - 1);
  new Uint32Array(buffer, picksAt, count).forEach((_, at, picks) => (picks[at] = dice.between(0, items - 1)));
  new Float32Array(buffer, confidencesAt, count).forEach((_, at, all) => (all[at] = 2 * dice.share()));
  const places = 8 * Math.ceil(items / 8);
  new Float32Array(buffer, priorAt, places).forEach((_, at, prior) => (prior[at] = dice.gaussian()));
  const scale = dice.gaussian();
  return { wide, count, places, scale, prior: dice.share() < 0.3 ? 0 : priorAt };
}

/** What stands in the memory after the item weights of a random user. */
function ownPrior(kernelsOver: KernelsOver, seed: number): Uint32Array {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { wide, count, places, scale, prior } = drawCase(memory.buffer, createDice(seed));
  const kernels = kernelsOver(memory);
  kernels.addWeights(startsAt, targetsAt, weightsAt, wide, picksAt, confidencesAt, count, sumsAt);
  kernels.describeSums(sumsAt, places, outAt);
  kernels.addPrior(sumsAt, places, scale, prior);
  return new Uint32Array(memory.buffer);
}

/** In how many of `rounds` random cases both leave the same bits. */
function agreements(rounds: number, one: KernelsOver, other: KernelsOver): number {
  let equal = 0;
  for (let seed = 1; seed <= rounds; seed += 1) {
    const [left, right] = [ownPrior(one, seed), ownPrior(other, seed)];
    equal += Buffer.compare(new Uint8Array(left.buffer), new Uint8Array(right.buffer)) === 0 ? 1 : 0;
  }
  return equal;
}

const plain: KernelsOver = (memory) => plainKernels(memory);

test.each(['simd', 'relaxed'] as const)(
  'on 10,000 random users the item weights of the %s build are those of the plain twin, bit by bit',
  (build) => {
    expect(agreements(10_000, (memory) => openKernels(memory, build), plain)).toBe(10_000);
  },
  120_000,
);

const folder = join(import.meta.dirname, '../../assembly');
const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
const sources: KernelSources = Object.fromEntries(
  names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
);
const file = 'item-weights.ts';

test.each([
  ['a target of another weight', 'load<T>(t, 2 * sizeof<T>())', 'load<T>(t, 3 * sizeof<T>())'],
  ['the rest of a row left out', '((<usize>end) << 1); w < last', '((<usize>end - 1) << 1); w < last'],
  ['a sign lost', 'i32x4.splat(0x8000)', 'i32x4.splat(0)'],
  ['weights that are nearly right', 'toOwnExponent: f32 = 5.192296858534828e33', 'toOwnExponent: f32 = 5e33'],
  [
    'sums in another order',
    'f64x2.add(f64x2.add(a, b), f64x2.add(c, d))',
    'f64x2.add(a, f64x2.add(b, f64x2.add(c, d)))',
  ],
  [
    'the prior times the scale',
    'f32x4.mul(v128.load(sums), x), v128.load(prior)',
    'v128.load(sums), f32x4.mul(v128.load(prior), x)',
  ],
])(
  'planted fault: with %s the check finds differences',
  async (_fault, from, to) => {
    expect(sources[file]).toContain(from);
    const bytes = await compileKernels({ ...sources, [file]: sources[file].replaceAll(from, to) }, { relaxed: false });
    const module = new WebAssembly.Module(bytes);
    expect(agreements(200, (memory) => kernelsOf(module, memory, 'broken'), plain)).toBeLessThan(195);
  },
  60_000,
);
