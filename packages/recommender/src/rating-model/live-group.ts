import type { ChainPlan, GroupPlan } from './chain-plan.ts';
import { drawPrior, type GroupPrior } from './priors.ts';
import type { RandomStream } from './random-stream.ts';

/** A group of features beside its numbers in memory. */
export interface LiveGroup extends GroupPlan {
  readonly vectors: Float32Array;
  readonly normals: Float32Array;
  readonly prior: GroupPrior;
  /** 1 where a feature has a row with ratings. */
  readonly seen: Uint8Array;
  /** Part of the keys of its random numbers. */
  readonly id: number;
}

export function openGroup(
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

/** N(0, 0.1²), where a chain begins; zeros in the padding. */
export function startGroup({ vectors }: LiveGroup, { size, numbers }: ChainPlan, random: RandomStream): void {
  for (let at = 0; at < vectors.length; at += 1) vectors[at] = at % size < numbers ? 0.1 * random.gaussian() : 0;
}

/** A prior for the vectors as they are, and the normal numbers that the kernels make new ones from. `streamOf`: the numbers of one feature. */
export function prepareGroup(
  group: LiveGroup,
  { size, numbers }: ChainPlan,
  priorStream: RandomStream,
  streamOf: (feature: number) => RandomStream,
): void {
  const { normals, seen } = group;
  drawPrior(group.prior, { vectors: group.vectors, size, numbers }, seen, priorStream);
  for (let feature = 0; feature < group.features; feature += 1) {
    const from = feature * size;
    // Without ratings a vector is its prior's mean, not a draw from it: what is predicted for newcomers bears no noise.
    if (seen[feature] === 0) {
      normals.fill(0, from, from + numbers);
      continue;
    }
    const random = streamOf(feature);
    for (let k = 0; k < numbers; k += 1) normals[from + k] = random.gaussian();
  }
}
