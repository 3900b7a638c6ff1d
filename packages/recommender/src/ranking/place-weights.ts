import type { PackedModel } from '../kernels/pack-model.ts';
import type { WeightsBlend } from './own-priors.ts';

/** Copies item weights into the memory of their model, where the kernels read them: what comes back are views of it, and the bytes they came in can go. */
export function* placeWeights(
  { memory, plan }: PackedModel,
  { weights: { items, start, target, weight }, share }: WeightsBlend,
): Generator<void, WeightsBlend> {
  const { buffer } = memory;
  const Targets = plan.isWide ? Uint32Array : Uint16Array;
  const placed = {
    items,
    start: new Uint32Array(buffer, plan.startsAt, start.length),
    target: new Targets(buffer, plan.targetsAt, target.length),
    weight: new Uint16Array(buffer, plan.weightsAt, weight.length),
  };
  placed.start.set(start);
  yield;
  placed.target.set(target);
  yield;
  placed.weight.set(weight);
  yield;
  return { weights: placed, share };
}
