import { screenedAtOnce, userRecord, type MemoryPlan } from './memory-plan.ts';

/** Points the record of a slot at the slot's own places and empties its list; `heapBytes` lie between the lists of two slots. Returns where it stands. */
export function beginList(
  buffer: ArrayBuffer,
  plan: MemoryPlan,
  { slot, wanted, heapBytes }: { slot: number; wanted: number; heapBytes: number },
): number {
  const userAt = plan.usersAt + slot * userRecord.bytes;
  const u32 = new Uint32Array(buffer, userAt, userRecord.bytes / 4);
  u32[userRecord.vectorAt / 4] = plan.vectorsAt + slot * plan.factors * 4;
  u32[userRecord.excludedAt / 4] = plan.excludedAt + (slot * plan.places) / 8;
  u32[userRecord.heapAt / 4] = plan.heapsAt + slot * heapBytes;
  u32[userRecord.codesAt / 4] = plan.codesAt + slot * plan.size;
  u32[userRecord.boundsAt / 4] = plan.boundsAt + (slot % screenedAtOnce) * plan.places;
  u32[userRecord.wantedAt / 4] = wanted;
  u32[userRecord.keptAt / 4] = 0;
  new Float32Array(buffer, userAt)[userRecord.thresholdAt / 4] = -Infinity;
  return userAt;
}
