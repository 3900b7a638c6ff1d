import { defaultObjective } from '../objective.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { beginList } from '../kernels/begin-list.ts';
import { batchListMax, planMemory, userRecord, type MemoryPlan } from '../kernels/memory-plan.ts';
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

/** Scores vectors as they are, over any kernels; at most as many at once as are screened at once. */
export function openVectorScorer(
  model: VectorModel,
  kernelsOver: (memory: WebAssembly.Memory) => Kernels,
): (requests: readonly VectorRequest[]) => VectorList[] {
  const { items, factors } = model;
  const plan = planMemory({ items, factors, groups: 1 });
  const memory = new WebAssembly.Memory({ initial: plan.pages, maximum: plan.pages });
  const packed = { plan, memory, kernels: kernelsOver(memory) };
  const steps = packModel(packed, { ...model, catalogueSize: items, groups: 1, objective: defaultObjective });
  let step = steps.next();
  while (!step.done) step = steps.next();
  const [priorLargest] = step.value;
  return (requests) => {
    let count = 0;
    // One that is refused leaves its place to the next.
    const slots = requests.map((request) =>
      place(packed, request, { slot: count, items, priorLargest }) ? count++ : -1,
    );
    const { usersAt, screenAt, itemsAt, blocks, scratchAt } = plan;
    packed.kernels.scoreMany(usersAt, count, userRecord.bytes, screenAt, itemsAt, blocks, factors, scratchAt);
    return slots.map((slot) => (slot < 0 ? { bits: 'refused', left: -1 } : read(memory.buffer, plan, slot)));
  };
}

function place(
  { plan, memory, kernels }: PackedModel,
  request: VectorRequest,
  { slot, items, priorLargest }: { slot: number; items: number; priorLargest: number },
): boolean {
  const { solvedAt, meansAt, largestAt, spreadAt, rightAt, factors, size, places } = plan;
  const u32 = new Uint32Array(memory.buffer);
  const userAt = beginList(u32, plan, { slot, wanted: request.wanted, heapBytes: 8 * Math.min(batchListMax, places) });
  u32[(userAt + userRecord.priorAt) / 4] = plan.priorsAt;
  const bits = new Uint8Array(memory.buffer, u32[(userAt + userRecord.excludedAt) / 4], places / 8).fill(0);
  for (const item of request.excluded) bits[item >> 3] |= 1 << (item & 7);
  for (let item = items; item < places; item += 1) bits[item >> 3] |= 1 << (item & 7);
  const vector = new Float64Array(memory.buffer, solvedAt, size).fill(0);
  vector.set(request.vector);
  const { share } = request;
  return (
    kernels.place(userAt, solvedAt, share, meansAt, largestAt, spreadAt, rightAt, factors, size, priorLargest) !== 0
  );
}

function read(buffer: ArrayBuffer, plan: MemoryPlan, slot: number): VectorList {
  const u32 = new Uint32Array(buffer);
  const f32 = new Float32Array(buffer);
  const field = (place: number): number => (plan.usersAt + slot * userRecord.bytes + place) / 4;
  const kept = u32[field(userRecord.keptAt)];
  const heap = u32[field(userRecord.heapAt)] / 4;
  const last = kept < u32[field(userRecord.wantedAt)] ? -Infinity : f32[heap + 2 * (kept - 1)];
  const scale = f32[field(userRecord.scaleAt)];
  const boundsAt = u32[field(userRecord.boundsAt)] / 4;
  const bounds = f32.subarray(boundsAt, boundsAt + plan.places / 4);
  return {
    bits: u32.subarray(heap, heap + 2 * kept).join(' '),
    left: scale > 0 ? bounds.filter((bound) => bound >= last / scale).length : -1,
  };
}
