/** Which field of a row is what. */
export interface ColumnPlaces {
  user: number;
  item: number;
  rating: number;
  time: number;
}

export const positional: ColumnPlaces = { user: 0, item: 1, rating: 2, time: 3 };

const names: Record<keyof ColumnPlaces, RegExp> = {
  user: /^user([ _-]?id)?$/i,
  item: /^(item|movie|movies|artist|book|game|track|title|isbn)([ _-]?id)?$/i,
  rating: /^(.*[ _-])?(rating|score|stars|minutes|plays|hours)$/i,
  time: /^(unix_?)?(time([ _-]?stamp)?|date)$/i,
};

/** Places by the names of a header; in the order user, item, rating, time where it does not name the first three. */
export function columnsOf(header: readonly string[]): ColumnPlaces {
  const placeOf = (name: keyof ColumnPlaces): number => header.findIndex((field) => names[name].test(field));
  const found = { user: placeOf('user'), item: placeOf('item'), rating: placeOf('rating') };
  if (Object.values(found).includes(-1)) return positional;
  const time = placeOf('time');
  return { ...found, time: time === -1 ? header.length : time };
}
