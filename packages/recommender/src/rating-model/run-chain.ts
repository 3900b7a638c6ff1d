import { RecommenderError } from '../recommender-error.ts';
import { createArena, takeChainMemory } from './chain-memory.ts';
import { planChain, type ChainInput, type ChainPlan, type GroupPlan, type SidePlan } from './chain-plan.ts';
import { keepSample, type ChainSample } from './chain-sample.ts';
import { drawNoise, drawPrior, drawTrust, type GroupPrior } from './priors.ts';
import { createRandomStream } from './random-stream.ts';
import type { RatingRows } from './rating-matrix.ts';
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
  const arena = createArena();
  const plan = planChain(input, job.factors, arena);
  const ratings = input.matrix.byUser.other.length;
  const memory = takeChainMemory(
    arena.bytes,
    job.bytesMax,
    `${ratings} ratings of ${input.users} users and ${input.items} items, ${job.factors} factors each,`,
  );
  const chain = openChain(input, job, plan, memory);
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

function openChain(input: ChainInput, job: ChainJob, plan: ChainPlan, memory: WebAssembly.Memory) {
  const kernels = openRatingKernels(memory);
  const { buffer } = memory;
  const random = createRandomStream();
  const lives = new Map<GroupPlan, LiveGroup>();
  for (const side of [plan.users, plan.items]) {
    write(buffer, side.fixed);
    for (const group of [side.own, ...side.groups]) lives.set(group, openGroup(buffer, group, plan, lives.size));
  }
  write(buffer, [
    [plan.askedUsersAt, input.asked.user],
    [plan.askedItemsAt, input.asked.item],
  ]);
  const pairs = input.asked.user.length;
  const sums = new Float64Array(buffer, plan.askedSumsAt, pairs);
  const key = (what: number, sweep: number, id: number, feature = 0) =>
    random.begin(job.seed, job.chain, what, sweep, id, feature);

  for (const group of lives.values()) {
    key(drawOf.start, 0, group.id);
    for (let at = 0; at < group.vectors.length; at += 1)
      group.vectors[at] = at % plan.size < plan.numbers ? 0.1 * random.gaussian() : 0;
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
  const compose = (side: SidePlan): void => composeVectors(kernels, buffer, plan, side);
  const ratings = input.matrix.byUser.other.length;
  let alpha = 1;
  const drawTrusts = (side: SidePlan, { start }: RatingRows, sweep: number): void => {
    key(drawOf.trust, sweep, side === plan.users ? 0 : 1);
    const squares = new Float64Array(buffer, side.squaresAt, side.rows);
    drawTrust(new Float32Array(buffer, side.trustAt, side.rows), { start, squares, alpha }, random);
  };
  const half = (side: SidePlan, other: SidePlan, sweep: number): void => {
    accumulate(kernels, plan, side, other);
    key(drawOf.noise, sweep, side === plan.users ? 0 : 1);
    alpha = drawNoise(ratings, weighedSquares(buffer, side), random);
    if (input.noiseOfEach) drawTrusts(side, side === plan.users ? input.matrix.byUser : input.matrix.byItem, sweep);
    kernels.scaleRows(side.rows, plan.size, side.trustAt, plan.matricesAt, plan.rightsAt);
    for (const group of [side.own, ...side.groups]) drawGroup(lives.get(group)!, sweep);
    drawSide(kernels, plan, side, alpha);
    compose(side);
  };
  for (const side of [plan.users, plan.items]) {
    compose(side);
    new Float32Array(buffer, side.trustAt, side.rows).fill(1);
  }
  return {
    sweep(sweep: number): number {
      half(plan.users, plan.items, sweep);
      half(plan.items, plan.users, sweep);
      return 1 / Math.sqrt(alpha);
    },
    predict(): void {
      const { min, max } = input.scale;
      const { askedUsersAt, askedItemsAt, askedSumsAt, users, items, size } = plan;
      kernels.addPredictions(
        pairs,
        askedUsersAt,
        askedItemsAt,
        size,
        users.vectorsAt,
        items.vectorsAt,
        input.mean,
        min,
        max,
        askedSumsAt,
      );
    },
    sample: () => keepSample(buffer, plan, alpha),
    asked: (kept: number): Float64Array => sums.map((sum) => sum / kept),
  };
}

function write(buffer: ArrayBuffer, fixed: SidePlan['fixed']): void {
  for (const [at, values] of fixed) {
    if (values instanceof Int32Array) new Int32Array(buffer, at, values.length).set(values);
    else new Float32Array(buffer, at, values.length).set(values);
  }
}

function openGroup(buffer: ArrayBuffer, group: GroupPlan, { size }: ChainPlan, id: number): LiveGroup {
  write(buffer, group.fixed);
  const prior = {
    precision: new Float64Array(buffer, group.precisionAt, size).fill(1),
    mean: new Float64Array(buffer, group.meanAt, size),
  };
  const vectors = new Float32Array(buffer, group.vectorsAt, group.features * size);
  const normals = new Float32Array(buffer, group.normalsAt, group.features * size);
  return { ...group, vectors, normals, prior, id };
}

/** The rows' vectors anew from those of their features, so that what rounding loses does not gather over the sweeps. */
function composeVectors(kernels: RatingKernels, buffer: ArrayBuffer, { size }: ChainPlan, side: SidePlan): void {
  const own = new Float32Array(buffer, side.own.vectorsAt, side.rows * size);
  new Float32Array(buffer, side.vectorsAt, side.rows * size).set(own);
  for (const { startAt, entriesAt, weightsAt, vectorsAt } of side.groups)
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
  for (let block = 0; block < size && side.groups.length > 0; block += 4) {
    kernels.loadBlock(rows, size, block, matricesAt, rightsAt, recordsAt);
    for (const group of side.groups) drawFeatures(kernels, plan, group, block, alpha);
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
