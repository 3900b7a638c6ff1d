import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createModel, modelSteps, type Model } from '../model.ts';
import { defaultObjective } from '../objective.ts';
import { createDice } from '../testing/latent-tastes.ts';
import { drawArrays, drawRequest } from '../testing/drawn-models.ts';
import { compiledKernels } from './compiled-kernels.ts';
import { compileKernels, type KernelSources } from './compile-kernels.ts';
import { kernelsOf, openKernels, type Kernels } from './kernels.ts';
import { plainKernels } from './plain-kernels.ts';

type KernelsOver = Parameters<typeof modelSteps>[1];

const folder = join(import.meta.dirname, '../../assembly');
let sources: KernelSources;
beforeAll(() => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  sources = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
});

function build(arrays: Parameters<typeof modelSteps>[0], kernelsOver: KernelsOver): Model {
  const steps = modelSteps(arrays, kernelsOver);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** What comes out, or with which code it is refused. */
const outcome = (make: () => unknown): string => {
  try {
    return JSON.stringify(make());
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

/** In how many of `rounds` × 10 random requests `kernelsOver` answers as the plain twin, to the last bit; each alone and all ten as a batch. */
function agreements(
  rounds: number,
  kernelsOver: KernelsOver,
  twin: KernelsOver = (memory) => plainKernels(memory),
): number {
  const dice = createDice(2031);
  let equal = 0;
  for (let round = 0; round < rounds; round += 1) {
    const arrays = drawArrays(dice);
    const [compiled, plain] = [build(arrays, kernelsOver), build(arrays, twin)];
    const requests = Array.from({ length: 10 }, () => drawRequest(dice, arrays));
    const together = outcome(() => compiled.recommendBatch(requests));
    const expected = requests.map((request) => outcome(() => plain.recommend(request)));
    if (together !== `[${expected.join(',')}]`) continue;
    for (const [at, request] of requests.entries()) {
      // A refusal on both sides would prove nothing.
      const same = outcome(() => compiled.recommend(request)) === expected[at] && expected[at].startsWith('[');
      equal += same ? 1 : 0;
    }
  }
  return equal;
}

test('on 10,000 random requests the compiled kernels give the lists of their plain twins, bit by bit, alone and in a batch', () => {
  expect(agreements(1_000, (memory) => openKernels(memory, 'simd'))).toBe(10_000);
}, 120_000);

test('on 10,000 random requests so do those that may round once', () => {
  const relaxed = (memory: WebAssembly.Memory): Kernels => openKernels(memory, 'relaxed');
  const fused = relaxed(new WebAssembly.Memory({ initial: 1, maximum: 1 })).fuses() !== 0;
  expect(agreements(1_000, relaxed, (memory) => plainKernels(memory, fused))).toBe(10_000);
  if (fused) expect(agreements(50, relaxed)).toBeLessThan(490);
}, 120_000);

test('a model beyond the cache gives a user alone the lists that a batch gives', () => {
  const dice = createDice(3);
  const [catalogueSize, factors] = [210_001, 16];
  const itemFactors = Float32Array.from({ length: catalogueSize * factors }, () => dice.share() - 0.5);
  const priors = Float32Array.from({ length: catalogueSize }, () => dice.share());
  const model = createModel({ catalogueSize, factors, groups: 1, itemFactors, priors, objective: defaultObjective });
  const requests = [0, 1, 2].map((user) => ({
    history: [user, 77 + user].map((index) => ({ index, minutes: 30, rating: 4 })),
    seen: [user + 9],
    group: 0,
    count: 30,
  }));
  const together = model.recommendBatch(requests);
  expect(together.map((list) => list.length)).toEqual([30, 30, 30]);
  expect(requests.map((request) => model.recommend(request))).toEqual(together);
});

const faults: [string, string, string, string][] = [
  ['ties the other way round', 'keep-best.ts', 'load<u32>(entry, 4) > index', 'load<u32>(entry, 4) < index'],
  ['what is excluded kept', 'keep-best.ts', '& 7)) & 1) continue;', '& 7)) & 0) continue;'],
  ['equal scores before the first of them', 'keep-best.ts', 'return kept < score ||', 'return kept <= score ||'],
  [
    'half of the items not looked at',
    'score-fours.ts',
    'f32x4.pmax(largest(a, b, c, d), largest(e, f, g, h))',
    'largest(a, b, c, d)',
  ],
  [
    'the last of a batch left out',
    'score.ts',
    'min(usersAtOnce, count - first)',
    'min(usersAtOnce, count - first - 1)',
  ],
  [
    'another order of adding',
    'score-fours.ts',
    'b = madd(v128.load(atB), x, b);',
    'b = f32x4.add(f32x4.mul(x, f32x4.add(v128.load(atB), f32x4.splat(1e-7))), b);',
  ],
  [
    'a wrong lane of the covariance',
    'normal-equations.ts',
    'z = v128.load64_splat(w, 16);',
    'z = v128.load64_splat(w, 8);',
  ],
  ['a wrong lane of the fold-in', 'rows.ts', 'z = v128.load32_splat(w, 8);', 'z = v128.load32_splat(w, 4);'],
  ['another item behind the last factor', 'rows.ts', 'to < end ? load<f32>(from) : 0', 'load<f32>(from)'],
  ['a row of the triangle forgotten', 'normal-equations.ts', 'c0 = msub(z, b0, c0);', ''],
];

test.each(faults)('planted fault: with %s the check finds differences', async (_fault, file, from, to) => {
  expect(sources[file]).toContain(from);
  const bytes = await compileKernels({ ...sources, [file]: sources[file].replaceAll(from, to) }, { relaxed: false });
  const module = new WebAssembly.Module(bytes);
  expect(agreements(50, (memory): Kernels => kernelsOf(module, memory, 'broken'))).toBeLessThan(495);
});

test.each(['simd', 'relaxed'] as const)('the shipped %s build is what the sources compile to', async (name) => {
  const bytes = await compileKernels(sources, { relaxed: name === 'relaxed' });
  expect(Buffer.from(bytes).toString('base64')).toBe(compiledKernels[name].wasm);
  const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes));
  expect(Buffer.from(digest).toString('hex').slice(0, 8)).toBe(compiledKernels[name].id);
});
