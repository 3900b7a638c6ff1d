import { createArena, takeChainMemory } from './chain-memory.ts';
import { planChain, type ChainInput } from './chain-plan.ts';
import type { ChainSample } from './chain-sample.ts';
import { fillChain } from './fill-chain.ts';
import { startChain } from './gibbs-chain.ts';
import { createSampleMean } from './sample-mean.ts';

export interface ChainJob {
  readonly factors: number;
  readonly sweeps: number;
  /** Sweeps that are dropped first. */
  readonly burnIn: number;
  readonly samplesKept: number;
  /** Keeps, instead of samples, the mean of what serving needs over all sweeps behind the burn-in. */
  readonly keepMean?: boolean;
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
  /** Without vectors of users; where it was asked for. */
  readonly mean?: ChainSample;
}

/**
 * Block Gibbs sampling of the bilinear model r̂ = μ + a_u + c_i + P_u·Q_i, [a_u, P_u] and [c_i, Q_i] sums of the vectors of their features. Own ids are
 * drawn as whole vectors, the features of groups in blocks of four numbers. Yields after each sweep. Throws `DATA_INVALID` where memory would not
 * do, `NUMERIC_FAILURE` where a system has no solution.
 */
export function* chainSteps(input: ChainInput, job: ChainJob): Generator<ChainProgress, ChainResult> {
  const chain = openChain(input, job);
  const samples: ChainSample[] = [];
  const mean = job.keepMean ? createSampleMean() : undefined;
  const kept = job.sweeps - job.burnIn;
  for (let sweep = 0; sweep < job.sweeps; sweep += 1) {
    const deviation = chain.sweep(sweep);
    const at = sweep - job.burnIn;
    if (at >= 0) chain.predict();
    if (at >= 0) mean?.add(chain.sample(false));
    // Evenly spaced, the last sweep among them.
    if (!mean && at >= 0 && Math.floor(((at + 1) * job.samplesKept) / kept) > Math.floor((at * job.samplesKept) / kept))
      samples.push(chain.sample(true));
    yield { sweep: sweep + 1, sweeps: job.sweeps, deviation };
  }
  return { asked: chain.asked(kept), samples, ...(mean && { mean: mean.take() }) };
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
