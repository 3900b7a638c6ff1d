import type { Arena } from './chain-memory.ts';
import type { FeatureGroup, RatingPairs } from './rating-data.ts';
import { turnCsr, type RatingMatrix, type RatingRows } from './rating-matrix.ts';

/** What a chain is run on. */
export interface ChainInput {
  readonly users: number;
  readonly items: number;
  readonly matrix: RatingMatrix;
  readonly mean: number;
  readonly scale: { readonly min: number; readonly max: number };
  readonly userGroups: readonly FeatureGroup[];
  readonly itemGroups: readonly FeatureGroup[];
  readonly implicitGroups: boolean;
  readonly noiseOfEach: boolean;
  readonly asked: RatingPairs;
}

/** A group of features in memory; every name that ends in `At` is a place in bytes. */
export interface GroupPlan {
  readonly name: string;
  readonly features: number;
  readonly startAt: number;
  readonly entriesAt: number;
  readonly turnedStartAt: number;
  readonly turnedRowsAt: number;
  readonly weightsAt: number;
  readonly vectorsAt: number;
  readonly normalsAt: number;
  readonly precisionAt: number;
  readonly meanAt: number;
  /** Arrays that are written once: places and what stands there. */
  readonly fixed: readonly (readonly [number, Int32Array | Float32Array])[];
  /** 1 where a feature has a row with ratings. */
  readonly seen: Uint8Array;
}

export interface SidePlan {
  readonly name: 'users' | 'items';
  readonly rows: number;
  readonly startAt: number;
  readonly otherAt: number;
  readonly valueAt: number;
  /** The rows' vectors: own and features together. */
  readonly vectorsAt: number;
  /** √τ of every row: how far its ratings are to be trusted, 1 on average. */
  readonly trustAt: number;
  /** Σ e² of every row, times the other side's τ. */
  readonly squaresAt: number;
  readonly own: GroupPlan;
  readonly groups: readonly GroupPlan[];
  readonly fixed: readonly (readonly [number, Int32Array | Float32Array])[];
}

export interface ChainPlan {
  /** Numbers of a vector, and what they are padded to. */
  readonly numbers: number;
  readonly size: number;
  readonly users: SidePlan;
  readonly items: SidePlan;
  readonly matricesAt: number;
  readonly rightsAt: number;
  readonly recordsAt: number;
  readonly workAt: number;
  readonly askedUsersAt: number;
  readonly askedItemsAt: number;
  readonly askedSumsAt: number;
}

export function planChain(input: ChainInput, factors: number, arena: Arena): ChainPlan {
  const numbers = factors + 1;
  const size = 4 * Math.ceil(numbers / 4);
  const { byUser, byItem } = input.matrix;
  const rowsMax = Math.max(input.users, input.items);
  const users = planSide('users', byUser, byItem, input, { size, arena });
  const items = planSide('items', byItem, byUser, input, { size, arena });
  return {
    numbers,
    size,
    users,
    items,
    matricesAt: arena.take(rowsMax * size * size, 4),
    rightsAt: arena.take(rowsMax * size, 4),
    recordsAt: arena.take(rowsMax * 24, 4),
    workAt: arena.take(Math.max(128 * (size + 1), 2 * size * (size + 2)), 4),
    askedUsersAt: arena.take(input.asked.user.length, 4),
    askedItemsAt: arena.take(input.asked.user.length, 4),
    askedSumsAt: arena.take(input.asked.user.length, 8),
  };
}

interface Room {
  readonly size: number;
  readonly arena: Arena;
}

function planSide(
  name: 'users' | 'items',
  own: RatingRows,
  turned: RatingRows,
  input: ChainInput,
  { size, arena }: Room,
): SidePlan {
  const rows = own.start.length - 1;
  const side = {
    startAt: arena.take(rows + 1, 4),
    otherAt: arena.take(own.other.length, 4),
    valueAt: arena.take(own.other.length, 4),
  };
  const rated = Uint8Array.from({ length: rows }, (_, row) => (own.start[row + 1] > own.start[row] ? 1 : 0));
  const explicit = name === 'users' ? input.userGroups : input.itemGroups;
  const groups = explicit.map((group) => planGroup(group, rated, { size, arena }));
  if (input.implicitGroups) groups.unshift(planImplicit(name, own, turned, side, { size, arena }));
  return {
    name,
    rows,
    ...side,
    vectorsAt: arena.take(rows * size, 4),
    trustAt: arena.take(rows, 4),
    squaresAt: arena.take(rows, 8),
    own: { ...emptyGroup(`own ${name}`, rows, { size, arena }), seen: rated },
    groups,
    fixed: [
      [side.startAt, own.start],
      [side.otherAt, own.other],
      [side.valueAt, centred(own.value, input.mean)],
    ],
  };
}

const centred = (values: Float32Array, mean: number): Float32Array => values.map((value) => value - mean);

/** The items that a user rated, or the raters of an item: the entries are the ratings themselves. */
function planImplicit(
  name: string,
  own: RatingRows,
  turned: RatingRows,
  side: { startAt: number; otherAt: number },
  room: Room,
): GroupPlan {
  const features = turned.start.length - 1;
  const group = emptyGroup(`implicit ${name}`, features, room);
  const turnedStartAt = room.arena.take(features + 1, 4);
  const turnedRowsAt = room.arena.take(own.other.length, 4);
  const weightsAt = room.arena.take(own.start.length, 4);
  return {
    ...group,
    startAt: side.startAt,
    entriesAt: side.otherAt,
    turnedStartAt,
    turnedRowsAt,
    weightsAt,
    fixed: [
      [turnedStartAt, turned.start],
      [turnedRowsAt, turned.other],
      [weightsAt, weightsOf(own.start)],
    ],
    seen: Uint8Array.from({ length: features }, (_, at) => (turned.start[at + 1] > turned.start[at] ? 1 : 0)),
  };
}

function planGroup({ name, size, start, feature }: FeatureGroup, rated: Uint8Array, room: Room): GroupPlan {
  const turned = turnCsr({ start, feature }, size);
  const group = emptyGroup(name, size, room);
  const places = {
    startAt: room.arena.take(start.length, 4),
    entriesAt: room.arena.take(feature.length, 4),
    turnedStartAt: room.arena.take(size + 1, 4),
    turnedRowsAt: room.arena.take(feature.length, 4),
    weightsAt: room.arena.take(start.length, 4),
  };
  const seen = new Uint8Array(size);
  for (let at = 0; at < size; at += 1) {
    const rows = turned.feature.subarray(turned.start[at], turned.start[at + 1]);
    seen[at] = rows.some((row) => rated[row] === 1) ? 1 : 0;
  }
  return {
    ...group,
    ...places,
    fixed: [
      [places.startAt, start],
      [places.entriesAt, feature],
      [places.turnedStartAt, turned.start],
      [places.turnedRowsAt, turned.feature],
      [places.weightsAt, weightsOf(start)],
    ],
    seen,
  };
}

const emptyGroup = (name: string, features: number, { size, arena }: Room): GroupPlan => ({
  name,
  features,
  startAt: 0,
  entriesAt: 0,
  turnedStartAt: 0,
  turnedRowsAt: 0,
  weightsAt: 0,
  vectorsAt: arena.take(features * size, 4),
  normalsAt: arena.take(features * size, 4),
  precisionAt: arena.take(size, 8),
  meanAt: arena.take(size, 8),
  fixed: [],
  seen: new Uint8Array(features),
});

/** 1/√n for a row of n features. */
const weightsOf = (start: Int32Array): Float32Array =>
  Float32Array.from({ length: start.length - 1 }, (_, row) => 1 / Math.sqrt(Math.max(1, start[row + 1] - start[row])));
