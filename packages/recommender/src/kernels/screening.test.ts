import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createDice } from '../testing/latent-tastes.ts';
import {
  drawVectorModel,
  drawVectorRequest,
  openVectorScorer,
  type VectorModel,
  type VectorRequest,
} from '../testing/scored-vectors.ts';
import { compileKernels, type KernelSources } from './compile-kernels.ts';
import { kernelsOf, openKernels, type Kernels } from './kernels.ts';
import { plainKernels } from './plain-kernels.ts';

type KernelsOver = (memory: WebAssembly.Memory) => Kernels;

/**
 * The bound at its tightest: what the codes of the first four leave out adds up for a user of equal numbers. All others stand just below it in truth, and
 * above it by their codes.
 */
function tightModel(): VectorModel {
  const [items, factors] = [256, 16];
  const itemFactors = Float32Array.from({ length: items * factors }, (_, at) => {
    const [item, factor] = [Math.floor(at / factors), at % factors];
    if (factor === 0) return 63;
    return item < 4 ? 20.49 : factor < 8 ? 21 : 20;
  });
  return { items, factors, itemFactors, priors: new Float32Array(items).fill(1) };
}

/**
 * Rounding at its worst: every product of an item of ones is a bit more than half of what its score can tell, and counts as all of it. Items of zeros stand
 * a few such steps higher from the start.
 */
function roundedModel(): VectorModel {
  const [items, factors] = [256, 24];
  const level = (item: number): number => (item % 3) - 1;
  const itemFactors = Float32Array.from({ length: items * factors }, (_, at) => level(Math.floor(at / factors)));
  const steps = (item: number): number => (item % 3 === 1 ? 1.2e-7 * (item % 23) : 0);
  return {
    items,
    factors,
    itemFactors,
    priors: Float32Array.from({ length: items }, (_, item) => (item < 128 ? 1 : -1) + steps(item)),
  };
}

/**
 * In how many of 20 × `rounds` + 21 requests the lists are those of the plain twin, which scores all items, alone and with others; and in how many some
 * items were ruled out.
 */
function compare(rounds: number, kernelsOver: KernelsOver, twin: KernelsOver = (memory) => plainKernels(memory)) {
  const dice = createDice(77);
  const counts = { equal: 0, screened: 0, ruledOut: 0 };
  const look = (model: VectorModel, requests: readonly VectorRequest[]): void => {
    const [compiled, plain] = [openVectorScorer(model, kernelsOver), openVectorScorer(model, twin)];
    // An odd number at once: two by two, and one that is left.
    const together = [...compiled(requests.slice(0, 15)), ...compiled(requests.slice(15))];
    for (const [at, request] of requests.entries()) {
      const [{ bits, left }] = compiled([request]);
      counts.equal += bits === plain([request])[0].bits && bits === together[at].bits ? 1 : 0;
      counts.screened += left >= 0 ? 1 : 0;
      counts.ruledOut += left >= 0 && left < model.items / 8 ? 1 : 0;
    }
  };
  for (let round = 0; round < rounds; round += 1) {
    const model = drawVectorModel(dice);
    look(
      model,
      Array.from({ length: 20 }, () => drawVectorRequest(dice, model)),
    );
  }
  const ones = (factors: number): Float64Array => new Float64Array(factors).fill(1);
  look(tightModel(), [{ vector: ones(16), share: 1, wanted: 1, excluded: [] }]);
  const shares = Array.from({ length: 20 }, (_, at) => (at + 1) * 2e-7);
  const rounded = shares.map((share) => ({ vector: ones(24), share, wanted: 1, excluded: [] }));
  look(roundedModel(), rounded);
  return counts;
}

test('on 10,000 random vectors screening leaves the lists that scoring of all items gives, bit by bit', () => {
  const { equal, screened, ruledOut } = compare(500, (memory) => openKernels(memory, 'simd'));
  expect(equal).toBe(10_021);
  // Lists of nothing but full passes would prove nothing.
  expect(screened).toBeGreaterThan(4_000);
  expect(ruledOut).toBeGreaterThan(2_000);
}, 120_000);

test('so it does where products and sums are rounded once', () => {
  const relaxed: KernelsOver = (memory) => openKernels(memory, 'relaxed');
  const fused = relaxed(new WebAssembly.Memory({ initial: 1, maximum: 1 })).fuses() !== 0;
  expect(compare(500, relaxed, (memory) => plainKernels(memory, fused)).equal).toBe(10_021);
}, 120_000);

const folder = join(import.meta.dirname, '../../assembly');
let sources: KernelSources;
beforeAll(() => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  sources = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
});

const faults: [string, string, string, string][] = [
  ['half the bound', 'code-user.ts', 'const reach = ', 'const reach = 0.5 * '],
  ['no room for rounding', 'code-user.ts', 'shiftAt) + slack)', 'shiftAt))'],
  ['no steps from the start', 'code-user.ts', 'steps - (steps >> 1) - ', '-'],
  ['sums that overflow', 'code-user.ts', 'max(<f64>(most / codeMax), ', 'min(<f64>(most / codeMax), '],
  ['another place of the codes', 'screen.ts', 'v128.load(g, 48)', 'v128.load(g, 32)'],
  ['the first candidates alone', 'score-candidates.ts', 'if (threshold < first)', 'if (threshold > first)'],
  [
    'the best score as the threshold',
    'score-candidates.ts',
    'const threshold = limitOf(user);',
    'const threshold = load<f32>(<usize>load<u32>(user, 12)) / load<f32>(user, scaleAt);',
  ],
  ['an item of a lower index not looked at when it comes late', 'score-candidates.ts', '    admitEqual(user);\n', ''],
  ['the first candidates twice', 'score-candidates.ts', 'threshold, first, items', 'threshold, NaN, items'],
  ['every second block not looked at', 'rank-bounds.ts', 'v128.load(at, 16)', 'v128.load(at)'],
  ['the last blocks not looked at', 'rank-bounds.ts', 'if (at == end) return;', 'return;'],
  ['what is left out in the bounds of others', 'screen.ts', 'bounds + 16, scratch + 64', 'bounds + 16, scratch'],
  ['another place of the codes of two users', 'screen-two.ts', 'v128.load(h, 112)', 'v128.load(h, 96)'],
  ['the codes of the first user for both', 'screen-two.ts', 'load<u32>(other, codesAt)', 'load<u32>(user, codesAt)'],
  [
    'what the first leaves out in the bounds of the second',
    'screen-two.ts',
    'boundsB, scratch + 64',
    'boundsB, scratch',
  ],
];

test.each(faults)('planted fault: with %s the check finds differences', async (_fault, file, from, to) => {
  expect(sources[file]).toContain(from);
  const bytes = await compileKernels({ ...sources, [file]: sources[file].replaceAll(from, to) }, { relaxed: false });
  const module = new WebAssembly.Module(bytes);
  expect(compare(100, (memory) => kernelsOf(module, memory, 'broken')).equal).toBeLessThan(2_021);
});
