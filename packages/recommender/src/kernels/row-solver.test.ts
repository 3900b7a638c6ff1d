import { expect, test } from 'vitest';
import { defaultObjective } from '../objective.ts';
import { foldInReference } from '../reference.ts';
import { createDice } from '../testing/latent-tastes.ts';
import { openKernels, type Kernels } from './kernels.ts';
import { plainKernels } from './plain-kernels.ts';
import { createRowSolver } from './row-solver.ts';

type KernelsOver = (memory: WebAssembly.Memory) => Kernels;

/** Random systems: up to 300 interactions, sizes that eight does not divide, one of each. `look` sees what two solvers make of them. */
function solveRandom(
  sides: KernelsOver[],
  rounds: number,
  look: (solved: Float32Array[], reference: number[]) => void,
) {
  const dice = createDice(17);
  for (let round = 0; round < rounds; round += 1) {
    const [rows, factors] = [dice.between(1, 300), dice.between(1, 19)];
    const fixed = Float32Array.from({ length: rows * factors }, () => dice.gaussian());
    const item = Int32Array.from({ length: rows }, (_, row) => row).filter(() => dice.share() < 0.6);
    const confidence = Float32Array.from(item, () => 0.05 + dice.share());
    const objective = { ...defaultObjective, alpha0: 0.05 + dice.share(), regularisation: 0.01 + dice.share() };
    const solved = sides.map((kernelsOver) => {
      const solver = createRowSolver({ rowsMax: rows + dice.between(0, 3), factors, objective }, kernelsOver);
      const out = new Float32Array(factors + 1).fill(7);
      solver.fix(fixed);
      solver.solve({ item, confidence, start: 0, end: item.length }, out, 1);
      return out;
    });
    const history = Array.from(item, (index, at) => ({ index, confidence: confidence[at] }));
    look(solved, history.length === 0 ? [] : foldInReference(fixed, factors, objective, history));
  }
}

test.each(['simd', 'relaxed'] as const)(
  'on 500 random systems the %s build gives the bits of its plain twin',
  (build) => {
    const compiled: KernelsOver = (memory) => openKernels(memory, build);
    const fused = compiled(new WebAssembly.Memory({ initial: 1, maximum: 1 })).fuses() !== 0;
    let equal = 0;
    solveRandom([compiled, (memory) => plainKernels(memory, fused)], 500, ([own, twin]) => {
      equal += own.every((value, at) => Object.is(value, twin[at])) ? 1 : 0;
    });
    expect(equal).toBe(500);
  },
  60_000,
);

test('the solution is that of plain elimination, and a place before it stays as it was', () => {
  let near = 0;
  solveRandom([(memory) => openKernels(memory, 'relaxed')], 100, ([own], reference) => {
    expect(own[0]).toBe(7);
    const size = Math.hypot(...reference);
    const error = Math.hypot(...reference.map((value, j) => value - own[j + 1]));
    near += error <= 1e-5 * size ? 1 : 0;
  });
  expect(near).toBe(100);
});

test('planted fault: a confidence that another row has gives another solution', () => {
  const fixed = Float32Array.of(1, 2, 3, -1);
  const solver = createRowSolver({ rowsMax: 2, factors: 2, objective: defaultObjective }, (memory) =>
    openKernels(memory, 'simd'),
  );
  solver.fix(fixed);
  const solve = (...confidence: number[]) => {
    const out = new Float32Array(2);
    solver.solve({ item: Int32Array.of(0, 1), confidence: Float32Array.from(confidence), start: 0, end: 2 }, out, 0);
    return [...out];
  };
  expect(solve(1, 2)).toEqual(solve(1, 2));
  expect(solve(2, 1)).not.toEqual(solve(1, 2));
});

test('rows that take more than a memory can have are refused in one sentence', () => {
  const settings = { rowsMax: 2 ** 26, factors: 64, objective: defaultObjective };
  expect(() => createRowSolver(settings, (memory) => openKernels(memory, 'simd'))).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining('to train on') }),
  );
});
