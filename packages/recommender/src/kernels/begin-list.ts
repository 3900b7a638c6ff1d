import { screenedAtOnce, userRecord, type MemoryPlan } from './memory-plan.ts';

/** The bits of −∞ in float32. */
const minusInfinity = 0xff800000;

/** Points the record of a slot at the slot's own places and empties its list; `heapBytes` lie between the lists of two slots. Returns where it stands. */
export function beginList(
  memory: Uint32Array,
  plan: MemoryPlan,
  { slot, wanted, heapBytes }: { slot: number; wanted: number; heapBytes: number },
): number {
  const userAt = plan.usersAt + slot * userRecord.bytes;
  memory[(userAt + userRecord.vectorAt) / 4] = plan.vectorsAt + slot * plan.factors * 4;
  memory[(userAt + userRecord.excludedAt) / 4] = plan.excludedAt + (slot * plan.places) / 8;
  memory[(userAt + userRecord.heapAt) / 4] = plan.heapsAt + slot * heapBytes;
  memory[(userAt + userRecord.codesAt) / 4] = plan.codesAt + slot * plan.size;
  memory[(userAt + userRecord.boundsAt) / 4] = plan.boundsAt + (slot % screenedAtOnce) * plan.places;
  memory[(userAt + userRecord.wantedAt) / 4] = wanted;
  memory[(userAt + userRecord.keptAt) / 4] = 0;
  memory[(userAt + userRecord.thresholdAt) / 4] = minusInfinity;
  return userAt;
}
