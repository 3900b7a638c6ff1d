import { groupsOf, type ChainInput, type ChainPlan, type SidePlan } from './chain-plan.ts';
import { keepSample, type ChainSample } from './chain-sample.ts';
import type { FilledChain } from './fill-chain.ts';
import { openGroup, prepareGroup, startGroup } from './live-group.ts';
import { drawNoise, drawTrust } from './priors.ts';
import { createRandomStream, type RandomStream } from './random-stream.ts';
import { openRatingKernels } from './rating-kernels.ts';
import type { ChainJob } from './run-chain.ts';
import { accumulate, composeVectors, drawSide, weighedSquares } from './sweep-steps.ts';

/** Where a chain's random numbers are drawn: part of every key. */
const drawOf = { start: 0, noise: 1, prior: 2, vectors: 3, trust: 4 } as const;

/** A chain between its sweeps. */
export interface GibbsChain {
  /** Draws everything once, users first; the deviation of a rating from its prediction comes back, in points. */
  sweep(sweep: number): number;
  /** Adds what is predicted now to the sums of the asked pairs. */
  predict(): void;
  sample(withUsers: boolean): ChainSample;
  /** The sums over `kept` predictions as means. */
  asked(kept: number): Float64Array;
}

/** A chain before its first sweep, over a memory that `fillChain` has written. */
export function startChain(
  memory: WebAssembly.Memory,
  plan: ChainPlan,
  { ratings, mean, seen }: FilledChain,
  job: ChainJob & Pick<ChainInput, 'scale' | 'noiseOfEach'>,
): GibbsChain {
  const kernels = openRatingKernels(memory);
  const { buffer } = memory;
  const { users, items, size } = plan;
  const stream = createRandomStream();
  const streamOf = (what: number, sweep: number, id: number, feature = 0): RandomStream => {
    stream.begin(job.seed, job.chain, what, sweep, id, feature);
    return stream;
  };
  const groups = [users, items].flatMap((side) => [side.own, ...groupsOf(side)]);
  const lives = new Map(
    groups.map((group, id) => [group, openGroup(buffer, group, plan, { id, seen: seen.get(group)! })]),
  );
  const sums = new Float64Array(buffer, plan.askedSumsAt, plan.asked);
  let alpha = 1;

  for (const group of lives.values()) startGroup(group, plan, streamOf(drawOf.start, 0, group.id));
  for (const side of [users, items]) {
    composeVectors(kernels, buffer, plan, side);
    new Float32Array(buffer, side.trustAt, side.rows).fill(1);
  }
  const drawTrusts = ({ startAt, squaresAt, trustAt, rows }: SidePlan, random: RandomStream): void => {
    const start = new Int32Array(buffer, startAt, rows + 1);
    const squares = new Float64Array(buffer, squaresAt, rows);
    drawTrust(new Float32Array(buffer, trustAt, rows), { start, squares, alpha }, random);
  };
  const half = (side: SidePlan, other: SidePlan, id: number, sweep: number): void => {
    accumulate(kernels, plan, side, other);
    alpha = drawNoise(ratings, weighedSquares(buffer, side), streamOf(drawOf.noise, sweep, id));
    if (job.noiseOfEach) drawTrusts(side, streamOf(drawOf.trust, sweep, id));
    kernels.scaleRows(side.rows, size, side.trustAt, plan.matricesAt, plan.rightsAt);
    for (const group of [side.own, ...groupsOf(side)]) {
      const live = lives.get(group)!;
      prepareGroup(live, plan, streamOf(drawOf.prior, sweep, live.id), (feature) =>
        streamOf(drawOf.vectors, sweep, live.id, feature),
      );
    }
    drawSide(kernels, plan, side, alpha);
    composeVectors(kernels, buffer, plan, side);
  };
  return {
    sweep(sweep) {
      half(users, items, 0, sweep);
      half(items, users, 1, sweep);
      return 1 / Math.sqrt(alpha);
    },
    predict() {
      const { min, max } = job.scale;
      const { askedUsersAt, askedItemsAt, askedSumsAt } = plan;
      const [usersAt, itemsAt] = [users.vectorsAt, items.vectorsAt];
      kernels.addPredictions(sums.length, askedUsersAt, askedItemsAt, size, usersAt, itemsAt, mean, min, max, askedSumsAt); // prettier-ignore
    },
    sample: (withUsers) => keepSample(buffer, plan, { alpha, withUsers }),
    asked: (kept) => sums.map((sum) => sum / kept),
  };
}
