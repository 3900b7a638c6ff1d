import { defaultObjective } from '../../packages/recommender/src/index.ts';
import { beginList } from '../../packages/recommender/src/kernels/begin-list.ts';
import { defaultBuild, openKernels } from '../../packages/recommender/src/kernels/kernels.ts';
import { planMemory, userRecord, usersAtOnce } from '../../packages/recommender/src/kernels/memory-plan.ts';
import { packModel } from '../../packages/recommender/src/kernels/pack-model.ts';

export interface KnownUsers {
  items: number;
  factors: number;
  itemFactors: Float32Array;
  userFactors: Float32Array;
  /** What each user has seen: `item[start[u]] … item[start[u + 1] − 1]`. */
  start: Int32Array;
  item: Int32Array;
}

/** Lists of users whose vectors are known, by the kernel that serves batches; best first, `count` a user. */
export function createKnownUserScorer(
  { items, factors, itemFactors, userFactors, start, item }: KnownUsers,
  count: number,
) {
  const plan = planMemory({ items, factors, groups: 1 });
  const memory = new WebAssembly.Memory({ initial: plan.pages, maximum: plan.pages });
  const kernels = openKernels(memory, defaultBuild);
  const priors = new Float32Array(items);
  const packing = packModel({ memory, plan, kernels }, { catalogueSize: items, factors, groups: 1, itemFactors, priors, objective: defaultObjective }); // prettier-ignore
  while (!packing.next().done);
  const u32 = new Uint32Array(memory.buffer);
  const solved = new Float64Array(memory.buffer, plan.solvedAt, plan.size);

  const prepare = (slot: number, user: number): void => {
    const at = beginList(new Uint32Array(memory.buffer), plan, { slot, wanted: count, heapBytes: 8 * count });
    u32[(at + userRecord.priorAt) / 4] = plan.priorsAt;
    const excludedAt = u32[(at + userRecord.excludedAt) / 4];
    for (let j = 0; j < factors; j += 1) solved[j] = userFactors[user * factors + j];
    const { solvedAt, meansAt, largestAt, spreadAt, rightAt, size } = plan;
    if (!kernels.place(at, solvedAt, 1, meansAt, largestAt, spreadAt, rightAt, factors, size, 0)) throw new Error('not finite'); // prettier-ignore
    const bits = new Uint8Array(memory.buffer, excludedAt, plan.places / 8).fill(0);
    for (let index = items; index < plan.places; index += 1) bits[index >> 3] |= 1 << (index & 7);
    for (let row = start[user]; row < start[user + 1]; row += 1) bits[item[row] >> 3] |= 1 << (item[row] & 7);
  };

  /** Writes the lists of `from` … `to − 1` to `out`, `count` places a user. */
  return (from: number, to: number, out: Int32Array): void => {
    for (let first = from; first < to; first += usersAtOnce) {
      const users = Math.min(usersAtOnce, to - first);
      for (let slot = 0; slot < users; slot += 1) prepare(slot, first + slot);
      kernels.scoreMany(
        plan.usersAt,
        users,
        userRecord.bytes,
        plan.screenAt,
        plan.itemsAt,
        plan.blocks,
        factors,
        plan.scratchAt,
      );
      for (let slot = 0; slot < users; slot += 1) {
        const heap = (plan.heapsAt + slot * 8 * count) / 4;
        for (let place = 0; place < count; place += 1) out[(first + slot) * count + place] = u32[heap + 2 * place + 1];
      }
    }
  };
}
