import { defaultObjective } from '../objective.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { beginList } from '../kernels/begin-list.ts';
import { planMemory, userRecord, type MemoryPlan } from '../kernels/memory-plan.ts';
import { packModel, type PackedModel } from '../kernels/pack-model.ts';
import type { Dice } from './latent-tastes.ts';

export interface VectorModel {
  readonly items: number;
  readonly factors: number;
  readonly itemFactors: Float32Array;
  readonly priors: Float32Array;
}

export interface VectorRequest {
  readonly vector: Float64Array;
  /** How much the factors count beside the prior, 0…1. */
  readonly share: number;
  readonly wanted: number;
  readonly excluded: readonly number[];
}

/** What came of a vector: bits of scores and indexes, and how many fours of items could not be ruled out; −1 where all were scored. */
export interface VectorList {
  readonly bits: string;
  readonly left: number;
}

type Draw = (dice: Dice, at: { item: number; factor: number }) => number;

/** Kinds of item factors, each hard for a bound in its way. */
const kinds: Record<string, Draw> = {
  gaussian: (dice) => dice.gaussian(),
  uniform: (dice) => dice.share() - 0.5,
  'whole numbers, many equal scores': (dice) => dice.between(-2, 2),
  'nearly the same item everywhere': (dice, { factor }) => Math.cos(factor) * (1 + 1e-4 * dice.gaussian()),
  'one factor each': (dice, { item, factor }) => (item % 7 === factor % 7 ? dice.gaussian() : 0),
  'norms over twenty powers of ten': (dice, { item }) => dice.gaussian() * 10 ** ((item % 21) - 10),
  'all the same number': () => 1,
  'zeros, at times': (dice, { item }) => (item % 3 === 0 ? 0 : dice.gaussian()),
  'numbers near the smallest': (dice) => dice.gaussian() * 1e-36,
};
const names = Object.keys(kinds);

export function drawVectorModel(dice: Dice): VectorModel {
  const items = dice.between(200, 1_400);
  const factors = dice.between(1, 24);
  const draw = kinds[names[dice.between(0, names.length - 1)]];
  const itemFactors = Float32Array.from({ length: items * factors }, (_, at) =>
    draw(dice, { item: Math.floor(at / factors), factor: at % factors }),
  );
  return { items, factors, itemFactors, priors: Float32Array.from({ length: items }, () => dice.share()) };
}

export function drawVectorRequest(dice: Dice, { items, factors, itemFactors }: VectorModel): VectorRequest {
  const near = dice.between(0, items - 1) * factors;
  const draw = [
    (): number => dice.gaussian(),
    (): number => 1,
    (at: number): number => itemFactors[near + at] + 0.01 * dice.gaussian(),
    (at: number): number => (at === 0 ? 1 : 0),
    (): number => 10 ** dice.between(-9, 9),
  ][dice.between(0, 4)];
  const share = [1, 1, 0.5, 1e-3, 1e-6][dice.between(0, 4)];
  const excludedShare = [0, 0.02, 0.5, 1][dice.between(0, 3)];
  return {
    vector: Float64Array.from({ length: factors }, (_, at) => draw(at)),
    share,
    wanted: dice.between(1, [1, 3, 8, 40][dice.between(0, 3)]),
    excluded: Array.from({ length: items }, (_, item) => item).filter(() => dice.share() < excludedShare),
  };
}

/** Scores vectors as they are, over any kernels. */
export function openVectorScorer(
  model: VectorModel,
  kernelsOver: (memory: WebAssembly.Memory) => Kernels,
): (request: VectorRequest) => VectorList {
  const { items, factors } = model;
  const plan = planMemory({ items, factors, groups: 1 });
  const memory = new WebAssembly.Memory({ initial: plan.pages, maximum: plan.pages });
  const packed = { plan, memory, kernels: kernelsOver(memory) };
  const steps = packModel(packed, { ...model, catalogueSize: items, groups: 1, objective: defaultObjective });
  let step = steps.next();
  while (!step.done) step = steps.next();
  const [priorLargest] = step.value;
  return (request) => {
    if (!place(packed, request, items, priorLargest)) return { bits: 'refused', left: -1 };
    const { usersAt, screenAt, itemsAt, blocks, scratchAt } = plan;
    packed.kernels.scoreMany(usersAt, 1, userRecord.bytes, screenAt, itemsAt, blocks, factors, scratchAt);
    return read(memory.buffer, plan);
  };
}

function place(
  { plan, memory, kernels }: PackedModel,
  request: VectorRequest,
  items: number,
  priorLargest: number,
): boolean {
  const { usersAt, solvedAt, meansAt, largestAt, spreadAt, rightAt, factors, size, places } = plan;
  beginList(new Uint32Array(memory.buffer), plan, { slot: 0, wanted: request.wanted, heapBytes: 0 });
  new Uint32Array(memory.buffer)[(usersAt + userRecord.priorAt) / 4] = plan.priorsAt;
  const bits = new Uint8Array(memory.buffer, plan.excludedAt, places / 8).fill(0);
  for (const item of request.excluded) bits[item >> 3] |= 1 << (item & 7);
  for (let item = items; item < places; item += 1) bits[item >> 3] |= 1 << (item & 7);
  const vector = new Float64Array(memory.buffer, solvedAt, size).fill(0);
  vector.set(request.vector);
  const { share } = request;
  return (
    kernels.place(usersAt, solvedAt, share, meansAt, largestAt, spreadAt, rightAt, factors, size, priorLargest) !== 0
  );
}

function read(buffer: ArrayBuffer, plan: MemoryPlan): VectorList {
  const u32 = new Uint32Array(buffer);
  const f32 = new Float32Array(buffer);
  const field = (place: number): number => (plan.usersAt + place) / 4;
  const kept = u32[field(userRecord.keptAt)];
  const last = kept < u32[field(userRecord.wantedAt)] ? -Infinity : f32[plan.heapsAt / 4 + 2 * (kept - 1)];
  const scale = f32[field(userRecord.scaleAt)];
  const bounds = f32.subarray(plan.boundsAt / 4, plan.boundsAt / 4 + plan.places / 4);
  return {
    bits: u32.subarray(plan.heapsAt / 4, plan.heapsAt / 4 + 2 * kept).join(' '),
    left: scale > 0 ? bounds.filter((bound) => bound >= last / scale).length : -1,
  };
}
