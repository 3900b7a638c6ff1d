import { RecommenderError } from '../recommender-error.ts';
import { createArena, takeChainMemory } from './chain-memory.ts';
import { groupsOf, planChain, type ChainInput, type ChainPlan, type GroupPlan, type SidePlan } from './chain-plan.ts';
import { keepSample, type ChainSample } from './chain-sample.ts';
import { fillChain, type FilledChain } from './fill-chain.ts';
import { drawNoise, drawPrior, drawTrust, type GroupPrior } from './priors.ts';
import { createRandomStream } from './random-stream.ts';
import { openRatingKernels, type RatingKernels } from './rating-kernels.ts';

export interface ChainJob {
  readonly factors: number;
  readonly sweeps: number;
  /** Sweeps that are dropped first. */
  readonly burnIn: number;
  readonly samplesKept: number;
  readonly seed: number;
  /** Chains of one seed draw different numbers. */
  readonly chain: number;
  readonly bytesMax: number;
}

export interface ChainProgress {
  readonly sweep: number;
  readonly sweeps: number;
  /** Deviation of the ratings from what this sweep predicts, in points. */
  readonly deviation: number;
}

export interface ChainResult {
  /** Mean over the kept sweeps of the predicted ratings of the asked pairs, each cut to the scale. */
  readonly asked: Float64Array;
  readonly samples: readonly ChainSample[];
}

/** A group beside its numbers in memory. */
interface LiveGroup extends GroupPlan {
  readonly vectors: Float32Array;
  readonly normals: Float32Array;
  readonly prior: GroupPrior;
  readonly seen: Uint8Array;
  readonly id: number;
}

/** Where a chain's random numbers are drawn: part of every key. */
const drawOf = { start: 0, noise: 1, prior: 2, vectors: 3, trust: 4 } as const;

/**
 * Block Gibbs sampling of the bilinear model r̂ = μ + a_u + c_i + P_u·Q_i, [a_u, P_u] and [c_i, Q_i] sums of the vectors of their features. Own ids are
 * drawn as whole vectors, the features of groups in blocks of four numbers. Yields after each sweep. Throws `DATA_INVALID` where memory would not
 * do, `NUMERIC_FAILURE` where a system has no solution.
 */
export function* chainSteps(input: ChainInput, job: ChainJob): Generator<ChainProgress, ChainResult> {
  const chain = openChain(input, job);
  const samples: ChainSample[] = [];
  const kept = job.sweeps - job.burnIn;
  for (let sweep = 0; sweep < job.sweeps; sweep += 1) {
    const deviation = chain.sweep(sweep);
    const at = sweep - job.burnIn;
    if (at >= 0) chain.predict();
    // Evenly spaced, the last sweep among them.
    if (at >= 0 && Math.floor(((at + 1) * job.samplesKept) / kept) > Math.floor((at * job.samplesKept) / kept))
      samples.push(chain.sample());
    yield { sweep: sweep + 1, sweeps: job.sweeps, deviation };
  }
  return { asked: chain.asked(kept), samples };
}

function openChain(input: ChainInput, job: ChainJob) {
  const arena = createArena();
  const plan = planChain(input, job.factors, arena);
  const what = `${input.ratings.rating.length} ratings of ${input.users} users and ${input.items} items with ${job.factors} factors`;
  const memory = takeChainMemory(arena.bytes, job.bytesMax, what);
  const filled = fillChain(memory.buffer, plan, input);
  // Not the input itself: what is in memory now is not held twice.
  return startChain(memory, plan, filled, { ...job, scale: input.scale, noiseOfEach: input.noiseOfEach });
}

function startChain(
  memory: WebAssembly.Memory,
  plan: ChainPlan,
  { ratings, mean, seen }: FilledChain,
  job: ChainJob & Pick<ChainInput, 'scale' | 'noiseOfEach'>,
) {
  const kernels = openRatingKernels(memory);
  const { buffer } = memory;
  const random = createRandomStream();
  const sides = [plan.users, plan.items];
  const groups = sides.flatMap((side) => [side.own, ...groupsOf(side)]);
  const lives = new Map(
    groups.map((group, id) => [group, openGroup(buffer, group, plan, { id, seen: seen.get(group)! })]),
  );
  const sums = new Float64Array(buffer, plan.askedSumsAt, plan.asked);
  const key = (what: number, sweep: number, id: number, feature = 0) =>
    random.begin(job.seed, job.chain, what, sweep, id, feature);
  let alpha = 1;

  for (const group of lives.values()) {
    key(drawOf.start, 0, group.id);
    for (let at = 0; at < group.vectors.length; at += 1)
      group.vectors[at] = at % plan.size < plan.numbers ? 0.1 * random.gaussian() : 0;
  }
  for (const side of sides) {
    composeVectors(kernels, buffer, plan, side);
    new Float32Array(buffer, side.trustAt, side.rows).fill(1);
  }
  const drawGroup = (group: LiveGroup, sweep: number): void => {
    key(drawOf.prior, sweep, group.id);
    drawPrior(group.prior, { vectors: group.vectors, size: plan.size, numbers: plan.numbers }, group.seen, random);
    for (let feature = 0; feature < group.features; feature += 1) {
      const from = feature * plan.size;
      // Without ratings a vector is its prior's mean, not a draw from it: what is predicted for newcomers bears no noise.
      if (group.seen[feature] === 0) group.normals.fill(0, from, from + plan.numbers);
      else {
        key(drawOf.vectors, sweep, group.id, feature);
        for (let k = 0; k < plan.numbers; k += 1) group.normals[from + k] = random.gaussian();
      }
    }
  };
  const drawTrusts = (side: SidePlan, id: number, sweep: number): void => {
    key(drawOf.trust, sweep, id);
    const start = new Int32Array(buffer, side.startAt, side.rows + 1);
    const squares = new Float64Array(buffer, side.squaresAt, side.rows);
    drawTrust(new Float32Array(buffer, side.trustAt, side.rows), { start, squares, alpha }, random);
  };
  const half = (side: SidePlan, other: SidePlan, id: number, sweep: number): void => {
    accumulate(kernels, plan, side, other);
    key(drawOf.noise, sweep, id);
    alpha = drawNoise(ratings, weighedSquares(buffer, side), random);
    if (job.noiseOfEach) drawTrusts(side, id, sweep);
    kernels.scaleRows(side.rows, plan.size, side.trustAt, plan.matricesAt, plan.rightsAt);
    for (const group of [side.own, ...groupsOf(side)]) drawGroup(lives.get(group)!, sweep);
    drawSide(kernels, plan, side, alpha);
    composeVectors(kernels, buffer, plan, side);
  };
  return {
    sweep(sweep: number): number {
      half(plan.users, plan.items, 0, sweep);
      half(plan.items, plan.users, 1, sweep);
      return 1 / Math.sqrt(alpha);
    },
    predict(): void {
      const { min, max } = job.scale;
      const { askedUsersAt, askedItemsAt, askedSumsAt, users, items, size } = plan;
      const [usersAt, itemsAt] = [users.vectorsAt, items.vectorsAt];
      kernels.addPredictions(sums.length, askedUsersAt, askedItemsAt, size, usersAt, itemsAt, mean, min, max, askedSumsAt); // prettier-ignore
    },
    sample: () => keepSample(buffer, plan, alpha),
    asked: (kept: number): Float64Array => sums.map((sum) => sum / kept),
  };
}

function openGroup(
  buffer: ArrayBuffer,
  group: GroupPlan,
  { size }: ChainPlan,
  { id, seen }: Pick<LiveGroup, 'id' | 'seen'>,
): LiveGroup {
  const prior = {
    precision: new Float64Array(buffer, group.precisionAt, size).fill(1),
    mean: new Float64Array(buffer, group.meanAt, size),
  };
  const vectors = new Float32Array(buffer, group.vectorsAt, group.features * size);
  const normals = new Float32Array(buffer, group.normalsAt, group.features * size);
  return { ...group, vectors, normals, prior, seen, id };
}

/** The rows' vectors anew from those of their features, so that what rounding loses does not gather over the sweeps. */
function composeVectors(kernels: RatingKernels, buffer: ArrayBuffer, { size }: ChainPlan, side: SidePlan): void {
  const own = new Float32Array(buffer, side.own.vectorsAt, side.rows * size);
  new Float32Array(buffer, side.vectorsAt, side.rows * size).set(own);
  for (const { startAt, entriesAt, weightsAt, vectorsAt } of groupsOf(side))
    kernels.addFeatures(side.rows, size, startAt, entriesAt, weightsAt, vectorsAt, side.vectorsAt);
}

const accumulate = (kernels: RatingKernels, plan: ChainPlan, side: SidePlan, other: SidePlan): void =>
  kernels.accumulate(
    side.startAt,
    side.otherAt,
    side.valueAt,
    side.rows,
    plan.size,
    side.vectorsAt,
    other.vectorsAt,
    other.trustAt,
    side.squaresAt,
    plan.matricesAt,
    plan.rightsAt,
    plan.workAt,
  );

/** Σ τ·e² over all ratings, from what `accumulate` left of a side. */
function weighedSquares(buffer: ArrayBuffer, { rows, trustAt, squaresAt }: SidePlan): number {
  const trust = new Float32Array(buffer, trustAt, rows);
  return new Float64Array(buffer, squaresAt, rows).reduce((sum, square, row) => sum + trust[row] ** 2 * square, 0);
}

function drawSide(kernels: RatingKernels, plan: ChainPlan, side: SidePlan, alpha: number): void {
  const { size, matricesAt, rightsAt, recordsAt, workAt } = plan;
  const { own, rows, vectorsAt } = side;
  const done = kernels.drawRows(
    rows,
    size,
    matricesAt,
    rightsAt,
    vectorsAt,
    own.vectorsAt,
    own.normalsAt,
    own.precisionAt,
    own.meanAt,
    alpha,
    workAt,
  );
  if (!done) throw new RecommenderError('NUMERIC_FAILURE', `a system of ${own.name} is not positive definite`);
  for (let block = 0; block < size && groupsOf(side).length > 0; block += 4) {
    kernels.loadBlock(rows, size, block, matricesAt, rightsAt, recordsAt);
    for (const group of groupsOf(side)) drawFeatures(kernels, plan, group, block, alpha);
    kernels.storeBlock(rows, size, block, matricesAt, rightsAt, recordsAt, vectorsAt);
  }
}

function drawFeatures(kernels: RatingKernels, plan: ChainPlan, group: GroupPlan, block: number, alpha: number): void {
  const done = kernels.drawBlock(
    group.features,
    group.turnedStartAt,
    group.turnedRowsAt,
    group.weightsAt,
    plan.recordsAt,
    group.vectorsAt + 4 * block,
    group.normalsAt + 4 * block,
    plan.size,
    group.precisionAt + 8 * block,
    group.meanAt + 8 * block,
    alpha,
    plan.workAt,
  );
  if (!done) throw new RecommenderError('NUMERIC_FAILURE', `a system of ${group.name} is not positive definite`);
}
