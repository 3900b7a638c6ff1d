import type { Arena } from './chain-memory.ts';
import type { FeatureGroup, RatingPairs } from './rating-data.ts';

/** What a chain is run on. */
export interface ChainInput {
  readonly users: number;
  readonly items: number;
  readonly ratings: RatingPairs & { readonly rating: Float32Array };
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
  /** Features of the rows (CSR), and the rows of the features. */
  readonly startAt: number;
  readonly entriesAt: number;
  readonly turnedStartAt: number;
  readonly turnedRowsAt: number;
  /** 1/√features of each row. */
  readonly weightsAt: number;
  readonly vectorsAt: number;
  readonly normalsAt: number;
  readonly precisionAt: number;
  readonly meanAt: number;
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
  /** The ratings of the other side as features, or nothing. */
  readonly implicit: GroupPlan | undefined;
  /** In the order of the input's. */
  readonly explicit: readonly GroupPlan[];
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
  /** Pairs that are asked for. */
  readonly asked: number;
  readonly askedUsersAt: number;
  readonly askedItemsAt: number;
  readonly askedSumsAt: number;
}

/** Groups of a side beside the own ids, in the order they are drawn in. */
export const groupsOf = ({ implicit, explicit }: SidePlan): readonly GroupPlan[] =>
  implicit ? [implicit, ...explicit] : explicit;

/** Places for all that a chain of so many factors needs. */
export function planChain(input: ChainInput, factors: number, arena: Arena): ChainPlan {
  const size = 4 * Math.ceil((factors + 1) / 4);
  const { users, items } = input;
  const ratings = input.ratings.rating.length;
  const rowsMax = Math.max(users, items);
  const [userColumns, itemColumns] = [users, items].map((rows) => ({
    startAt: arena.take(rows + 1, 4),
    otherAt: arena.take(ratings, 4),
    valueAt: arena.take(ratings, 4),
  }));
  const room = { size, arena };
  return {
    numbers: factors + 1,
    size,
    users: planSide('users', users, [userColumns, itemColumns, items], input, room),
    items: planSide('items', items, [itemColumns, userColumns, users], input, room),
    matricesAt: arena.take(rowsMax * size * size, 4),
    rightsAt: arena.take(rowsMax * size, 4),
    recordsAt: arena.take(rowsMax * 24, 4),
    workAt: arena.take(Math.max(128 * (size + 1), 2 * size * (size + 2)), 4),
    asked: input.asked.user.length,
    askedUsersAt: arena.take(input.asked.user.length, 4),
    askedItemsAt: arena.take(input.asked.user.length, 4),
    askedSumsAt: arena.take(input.asked.user.length, 8),
  };
}

interface Room {
  readonly size: number;
  readonly arena: Arena;
}

type Columns = Pick<SidePlan, 'startAt' | 'otherAt' | 'valueAt'>;

function planSide(
  name: 'users' | 'items',
  rows: number,
  [own, turned, others]: readonly [Columns, Columns, number],
  input: ChainInput,
  room: Room,
): SidePlan {
  const { arena, size } = room;
  const explicit = name === 'users' ? input.userGroups : input.itemGroups;
  return {
    name,
    rows,
    ...own,
    vectorsAt: arena.take(rows * size, 4),
    trustAt: arena.take(rows, 4),
    squaresAt: arena.take(rows, 8),
    own: planGroup(`own ${name}`, rows, noPlaces, room),
    // The items that a user rated, or the raters of an item: the entries are the ratings themselves.
    implicit: input.implicitGroups
      ? planGroup(
          `implicit ${name}`,
          others,
          {
            startAt: own.startAt,
            entriesAt: own.otherAt,
            turnedStartAt: turned.startAt,
            turnedRowsAt: turned.otherAt,
            weightsAt: arena.take(rows, 4),
          },
          room,
        )
      : undefined,
    explicit: explicit.map((group) => planGroup(group.name, group.size, takePlaces(group, rows, arena), room)),
  };
}

type Places = Pick<GroupPlan, 'startAt' | 'entriesAt' | 'turnedStartAt' | 'turnedRowsAt' | 'weightsAt'>;

const noPlaces: Places = { startAt: 0, entriesAt: 0, turnedStartAt: 0, turnedRowsAt: 0, weightsAt: 0 };

const takePlaces = ({ size, feature }: FeatureGroup, rows: number, arena: Arena): Places => ({
  startAt: arena.take(rows + 1, 4),
  entriesAt: arena.take(feature.length, 4),
  turnedStartAt: arena.take(size + 1, 4),
  turnedRowsAt: arena.take(feature.length, 4),
  weightsAt: arena.take(rows, 4),
});

const planGroup = (name: string, features: number, places: Places, { size, arena }: Room): GroupPlan => ({
  name,
  features,
  ...places,
  vectorsAt: arena.take(features * size, 4),
  normalsAt: arena.take(features * size, 4),
  precisionAt: arena.take(size, 8),
  meanAt: arena.take(size, 8),
});
