import type { ChainInput, ChainPlan, GroupPlan, SidePlan } from './chain-plan.ts';
import type { FeatureGroup } from './rating-data.ts';
import { meanOf, packRatings, turnCsr, type RatingRows } from './rating-matrix.ts';

/** What of the data a chain asks for between kernels. */
export interface FilledChain {
  /** Pairs that are rated, each once. */
  readonly ratings: number;
  readonly mean: number;
  /** 1 where a feature has a row with ratings. */
  readonly seen: ReadonlyMap<GroupPlan, Uint8Array>;
}

/** Writes what stays the same over all sweeps into a chain's memory: the ratings both ways, less their mean, and the features of both sides. */
export function fillChain(buffer: ArrayBuffer, plan: ChainPlan, input: ChainInput): FilledChain {
  const count = input.ratings.rating.length;
  const rowsAt = ({ startAt, otherAt, valueAt, rows }: SidePlan): RatingRows => ({
    start: new Int32Array(buffer, startAt, rows + 1),
    other: new Int32Array(buffer, otherAt, count),
    value: new Float32Array(buffer, valueAt, count),
  });
  const packed = packRatings(input, input.ratings, { byUser: rowsAt(plan.users), byItem: rowsAt(plan.items) });
  const mean = meanOf(packed.byUser.value);
  const seen = new Map<GroupPlan, Uint8Array>();
  for (const { side, own, other, groups } of [
    { side: plan.users, own: packed.byUser, other: packed.byItem, groups: input.userGroups },
    { side: plan.items, own: packed.byItem, other: packed.byUser, groups: input.itemGroups },
  ]) {
    for (let at = 0; at < own.value.length; at += 1) own.value[at] -= mean;
    const rated = ratedOf(own.start);
    seen.set(side.own, rated);
    if (side.implicit) {
      new Float32Array(buffer, side.implicit.weightsAt, side.rows).set(weightsOf(own.start));
      seen.set(side.implicit, ratedOf(other.start));
    }
    for (const [at, group] of side.explicit.entries()) seen.set(group, fillGroup(buffer, group, groups[at], rated));
  }
  new Int32Array(buffer, plan.askedUsersAt, input.asked.user.length).set(input.asked.user);
  new Int32Array(buffer, plan.askedItemsAt, input.asked.item.length).set(input.asked.item);
  return { ratings: packed.byUser.value.length, mean, seen };
}

function fillGroup(
  buffer: ArrayBuffer,
  plan: GroupPlan,
  { start, feature, size }: FeatureGroup,
  rated: Uint8Array,
): Uint8Array {
  const turned = turnCsr({ start, feature }, size);
  new Int32Array(buffer, plan.startAt, start.length).set(start);
  new Int32Array(buffer, plan.entriesAt, feature.length).set(feature);
  new Int32Array(buffer, plan.turnedStartAt, size + 1).set(turned.start);
  new Int32Array(buffer, plan.turnedRowsAt, feature.length).set(turned.rows);
  new Float32Array(buffer, plan.weightsAt, start.length - 1).set(weightsOf(start));
  return Uint8Array.from({ length: size }, (_, at) =>
    turned.rows.subarray(turned.start[at], turned.start[at + 1]).some((row) => rated[row] === 1) ? 1 : 0,
  );
}

const ratedOf = (start: Int32Array): Uint8Array =>
  Uint8Array.from({ length: start.length - 1 }, (_, row) => (start[row + 1] > start[row] ? 1 : 0));

/** 1/√n for a row of n features. */
const weightsOf = (start: Int32Array): Float32Array =>
  Float32Array.from({ length: start.length - 1 }, (_, row) => 1 / Math.sqrt(Math.max(1, start[row + 1] - start[row])));
