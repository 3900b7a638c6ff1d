import { ageBandsFrom, buildInteractions, fitLifts, type ListPart, type RatingTable } from '@reelay/recommender';
import type { DataDetails, UserDetails } from '../importing/read-data-details.ts';

/** Users of all that are added to each group, and how much each attribute counts; chosen on validation users of MovieLens 1M, see the ranking page. */
const shrinkage = 100;
const exponents = { gender: 0.4, age: 0.4, occupation: 0.3, 'gender, age': 0.4, 'gender, occupation': 0.3 };

/** Lists of who has no row: popularity lifted by gender, age band, occupation and two pairs of them. Undefined where nothing is known of anybody. */
export function coldPart(
  details: DataDetails,
  userIds: readonly string[],
): ((table: RatingTable) => ListPart) | undefined {
  const attributes = attributesOf(userIds.map((id) => details.users.get(id)));
  if (attributes.every(({ codes }) => codes.every((code) => code < 0))) return undefined;
  return (table) => {
    const interactions = buildInteractions(
      table.user.keys().map((row) => ({ user: table.user[row], item: table.item[row], confidence: 1 })),
      table,
    );
    const scoreInto = fitLifts(interactions, attributes, shrinkage);
    const scores = new Float32Array(table.items);
    return {
      name: 'demographics',
      scoresOf(user) {
        scoreInto(attributes.map(({ codes }) => codes[user]), scores); // prettier-ignore
        return scores;
      },
    };
  };
}

function attributesOf(users: readonly (UserDetails | undefined)[]) {
  const valuesOf = (known: UserDetails): Record<keyof typeof exponents, string | null> => {
    const { gender, occupation } = known;
    const age = known.age === null ? null : String(ageBandsFrom.findLastIndex((from) => known.age! >= from));
    return {
      gender,
      age,
      occupation,
      'gender, age': pair(gender, age),
      'gender, occupation': pair(gender, occupation),
    };
  };
  const values = users.map((known) => known && valuesOf(known));
  return Object.entries(exponents).map(([name, exponent]) => {
    const codes = codesOf(values.map((own) => own?.[name as keyof typeof exponents] ?? null));
    return { name, exponent, codes };
  });
}

const pair = (one: string | null, other: string | null): string | null =>
  one === null || other === null ? null : `${one}\n${other}`;

/** Numbers from 0 in the order of their first user; −1 where nothing is known. */
function codesOf(values: readonly (string | null)[]): Int32Array {
  const places = new Map<string, number>();
  return Int32Array.from(values, (value) => {
    if (value === null) return -1;
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
}
