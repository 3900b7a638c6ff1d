import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDice, type Dice } from '../testing/latent-tastes.ts';
import { compileKernels, type KernelSources } from './compile-kernels.ts';
import { userRecord } from './memory-plan.ts';

const folder = join(import.meta.dirname, '../../assembly');
const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
const sources: KernelSources = Object.fromEntries(
  names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
);

interface RankKernels {
  summarise(user: number, blocks: number, summary: number): void;
  lastOfHighest(user: number, blocks: number, summary: number): number;
}

const [boundsAt, summaryAt] = [1_024, 40_960];

/** How many of the bounds reach the one that is found. */
function openRanking(bytes: Uint8Array): (bounds: Float32Array, wanted: number) => number {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const { summarise, lastOfHighest } = instance.exports as unknown as RankKernels;
  const u32 = new Uint32Array(memory.buffer);
  u32[userRecord.boundsAt / 4] = boundsAt;
  return (bounds, wanted) => {
    u32[userRecord.wantedAt / 4] = wanted;
    new Float32Array(memory.buffer).set(bounds, boundsAt / 4);
    summarise(0, bounds.length / 4, summaryAt);
    const least = lastOfHighest(0, bounds.length / 4, summaryAt);
    return bounds.filter((bound) => bound >= least).length;
  };
}

const draws: ((dice: Dice) => number)[] = [
  (dice) => dice.gaussian(),
  (dice) => -Math.exp(dice.gaussian()),
  (dice) => dice.gaussian() * 10 ** dice.between(-30, 30),
  (dice) => (dice.share() < 0.5 ? -Infinity : dice.gaussian()),
];

/** The least and the largest share of bounds that reach what is found, in units of what is wanted. */
function sharesOf(rank: ReturnType<typeof openRanking>): { least: number; most: number } {
  const dice = createDice(11);
  const shares = Array.from({ length: 400 }, (_, at) => {
    const wanted = dice.between(1, 20);
    const blocks = 2 * dice.between(4 * wanted, 4 * wanted + 200);
    const bounds = Float32Array.from({ length: 4 * blocks }, () => draws[at % draws.length](dice));
    return rank(bounds, wanted) / wanted;
  });
  return { least: Math.min(...shares), most: Math.max(...shares) };
}

test('the bound from which items are scored first is reached by as many fours as items are wanted, and by few more', async () => {
  const rank = openRanking(await compileKernels(sources, { relaxed: false, entry: 'rank-bounds.ts' }));
  const { least, most } = sharesOf(rank);
  expect(least).toBeGreaterThanOrEqual(1);
  expect(most).toBeLessThan(4);
  // Equal ones cannot be told apart: all of them reach it.
  expect(rank(new Float32Array(400).fill(2), 3)).toBe(400);
  expect(rank(new Float32Array(400).fill(-Infinity), 3)).toBe(400);
});

const faults: [string, string, string][] = [
  ['twice as high a place', 'if (count < wanted)', 'if (count + count < wanted)'],
  ['no halving', 'from = middle;', 'break;'],
  ['numbers below zero the other way round', 'return bits ^ (<i32>((<u32>(bits >> 31)) >> 1));', 'return bits;'],
];

test.each(faults)('planted fault: with %s too few reach it, or too many', async (_fault, from, to) => {
  const text = sources['rank-bounds.ts'];
  expect(text).toContain(from);
  const changed = { ...sources, 'rank-bounds.ts': text.replace(from, to) };
  const rank = openRanking(await compileKernels(changed, { relaxed: false, entry: 'rank-bounds.ts' }));
  const { least, most } = sharesOf(rank);
  expect(least >= 1 && most < 4).toBe(false);
});
