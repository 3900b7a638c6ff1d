import { isSuitable, type CatalogueEntry, type ListRules } from '@reelay/shared/contracts';

/** What rules come to for one catalogue: item indexes that must stay out, and how many of the best are skipped. */
export interface AppliedRules {
  exclude: Iterable<number>;
  /** Those of them that were named one by one, ascending: the receipt keeps them. */
  named: number[];
  includeSeen: boolean;
  offset: number;
}

const noRules: AppliedRules = { exclude: [], named: [], includeSeen: false, offset: 0 };

/**
 * The rules in the indexes of this catalogue. Ids that it does not hold exclude nothing, genres that it does not hold exclude everything, and an age
 * everything that is above it or not rated.
 */
export function applyRules(catalogue: readonly CatalogueEntry[], rules: ListRules | undefined): AppliedRules {
  if (rules === undefined) return noRules;
  const { offset, includeSeen, exclude, genres, maxAge } = rules;
  const index = indexOf(catalogue);
  const named = [...new Set(exclude.flatMap((id) => index.places.get(id) ?? []))].sort((a, b) => a - b);
  const isOpen = genres.length === 0 && maxAge === undefined;
  return { offset, includeSeen, named, exclude: isOpen ? named : [...named, ...outside(index, genres, maxAge)] };
}

/** Built when the first rules come, and gone with its model. */
interface CatalogueIndex {
  places: Map<string, number>;
  /** Lower-case names of genres, by item index. */
  genres: Set<string>[];
  /** Age ratings by item index, and each that there is once, ascending. */
  minAges: (number | undefined)[];
  limits: number[];
  /** Indexes outside of a set of genres and an age, for those that were asked for last. */
  outside: Map<string, Int32Array>;
}

const indexes = new WeakMap<readonly CatalogueEntry[], CatalogueIndex>();
/** 27,000 items outside take 108 kB a set. */
const setsMax = 50;

function indexOf(catalogue: readonly CatalogueEntry[]): CatalogueIndex {
  const known = indexes.get(catalogue);
  if (known) return known;
  const index: CatalogueIndex = {
    places: new Map(catalogue.map(({ id }, place) => [id, place])),
    genres: catalogue.map(({ genres }) => new Set(genres.map((name) => name.toLowerCase()))),
    minAges: catalogue.map(({ minAge }) => minAge),
    limits: limitsOf(catalogue),
    outside: new Map(),
  };
  indexes.set(catalogue, index);
  return index;
}

const limitsOf = (catalogue: readonly CatalogueEntry[]): number[] =>
  [...new Set(catalogue.flatMap(({ minAge }) => minAge ?? []))].sort((a, b) => a - b);

function outside(index: CatalogueIndex, genres: string[], maxAge: number | undefined): Int32Array {
  const wanted = genres.map((name) => name.toLowerCase()).toSorted();
  // Callers of any age come to the few limits that the catalogue has.
  const limit = maxAge === undefined ? undefined : (index.limits.findLast((age) => age <= maxAge) ?? -1);
  const key = [limit, ...wanted].join('\n');
  const known = index.outside.get(key);
  if (known) return known;
  const isWanted = (place: number): boolean =>
    (wanted.length === 0 || wanted.some((name) => index.genres[place].has(name))) &&
    (limit === undefined || isSuitable(index.minAges[place], limit));
  const made = Int32Array.from(index.genres.keys()).filter((place) => !isWanted(place));
  if (index.outside.size >= setsMax) index.outside.clear();
  index.outside.set(key, made);
  return made;
}
